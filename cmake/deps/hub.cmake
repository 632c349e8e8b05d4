# Downloads: libcurl's header, target medbench_curl_headers, for the library is opened at run time; and hashes from OpenSSL's static
# library, so that no program needs either.
find_package(CURL 7.62 REQUIRED)
add_library(medbench_curl_headers INTERFACE)
target_include_directories(medbench_curl_headers SYSTEM INTERFACE ${CURL_INCLUDE_DIRS})
set(OPENSSL_USE_STATIC_LIBS ON)
find_package(OpenSSL 3.0 REQUIRED)
