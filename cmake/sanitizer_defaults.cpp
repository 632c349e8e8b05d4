// Part of every program that is built with the address sanitizer: what it has beside ASAN_OPTIONS.

// libasan of GCC 12 follows dynamic thread-local storage through __tls_get_addr and, with glibc 2.36 on some
// machines, takes for a block what is none: its leak check then dies by a signal when the program ends, after
// all tests passed.
// NOLINTBEGIN(*): the name is libasan's
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
  return "intercept_tls_get_addr=0";
}
// NOLINTEND(*)
