// map-writer FILE: overwrites the first byte of a file with '1' through a shared memory mapping,
// and, after a line on standard input, with '2'. Prints a line after each write.
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

int main(int count, char** arguments) {
  const int fd = count == 2 ? open(arguments[1], O_RDWR) : -1;
  char* memory = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) {
    perror("map-writer");
    return 1;
  }
  memory[0] = '1';
  puts("ready");
  fflush(stdout);
  if (getchar() == '\n') {
    memory[0] = '2';
    puts("done");
    fflush(stdout);
  }
  while (getchar() != EOF) continue;
  return 0;
}
