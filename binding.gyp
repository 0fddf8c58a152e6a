{
  # What CMakeLists.txt needs, too: rooms with sources, defines, flags.
  'includes': ['native/addons.json'],
  # How to find MPI is asked of a script in native/build; `node native/build/find-mpi.mjs --explain` says what it found.
  'variables': {
    'mpi_family': '<!(node native/build/find-mpi.mjs --family)',
    'mpi_cflags': ['<!@(node native/build/find-mpi.mjs --cflags --gyp)'],
    'mpi_libs': ['<!@(node native/build/find-mpi.mjs --libs --gyp)'],
    # An addon tells for which version of the program it was built.
    'version': '<!(node -p "require(\'./package.json\').version")',
    # -isystem for what is not ours: warnings are errors, but only in our own code. These words reach a shell as they are:
    # hence the quotes. build/node-addon-api is a link that native/build/compile.mjs makes.
    'foreign_headers': [
      '-isystem', '\'<(node_root_dir)/include/node\'',
      '-isystem', 'node-addon-api',
    ],
  },
  'target_defaults': {
    'defines': ['<@(common_defines)', 'MPICOUNT_VERSION="<(version)"'],
    'cflags!': ['-Wno-unused-parameter'],
    'cflags': ['<@(warnings)', '<@(foreign_headers)'],
    'cflags_cc!': ['-std=gnu++17'],
    'cflags_cc': ['<@(own_cflags)'],
    'xcode_settings': {
      'CLANG_CXX_LANGUAGE_STANDARD': 'gnu++20',
      'CLANG_CXX_LIBRARY': 'libc++',
      'GCC_ENABLE_CPP_EXCEPTIONS': 'NO',
      'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
      'MACOSX_DEPLOYMENT_TARGET': '11.0',
      'WARNING_CFLAGS!': ['-Wno-unused-parameter'],
      'WARNING_CFLAGS': ['<@(warnings)'],
      'OTHER_CFLAGS': ['<@(foreign_headers)'],
    },
  },
  'targets': [
    {
      'target_name': 'mpi',
      # A folder per MPI, so that builds for several can lie side by side and be told apart by name.
      'product_dir': '<(PRODUCT_DIR)/<(mpi_family)',
      'sources': ['<!@(ls native/mpi/*.cc)'],
      # The C++ binding of old MPIs would add its own headers and library.
      'defines': ['<@(mpi_defines)'],
      'cflags!': ['-O3'],
      'cflags': ['-O2', '<@(mpi_cflags)'],
      'xcode_settings': {'OTHER_CFLAGS': ['<@(mpi_cflags)']},
      'libraries': ['<@(mpi_libs)'],
    },
    {
      'target_name': 'scan',
      'sources': ['<!@(find <(scan_rooms) -name "*.cc" | LC_ALL=C sort)'],
      'cflags': ['-O3'],
      'conditions': [['OS=="mac"', {'libraries': ['-liconv']}]],
    },
  ],
}
