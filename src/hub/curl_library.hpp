// libcurl, opened when the first download begins and not before: most runs need none, and whoever never
// downloads can do without it. The machine's own is taken, which knows the machine's certificates and
// proxies.
#pragma once

#include <curl/curl.h>
#include <string_view>

namespace medbench {

// The functions that are used; the names are libcurl's without what they have in common.
struct CurlLibrary {
  CURLcode (*global_init)(long) = nullptr;
  CURL* (*easy_init)() = nullptr;
  void (*easy_reset)(CURL*) = nullptr;
  void (*easy_cleanup)(CURL*) = nullptr;
  CURLcode (*easy_setopt)(CURL*, CURLoption, ...) = nullptr;
  CURLcode (*easy_perform)(CURL*) = nullptr;
  CURLcode (*easy_getinfo)(CURL*, CURLINFO, ...) = nullptr;
  const char* (*easy_strerror)(CURLcode) = nullptr;
  curl_slist* (*slist_append)(curl_slist*, const char*) = nullptr;
  void (*slist_free_all)(curl_slist*) = nullptr;
  CURLU* (*url)() = nullptr;
  void (*url_cleanup)(CURLU*) = nullptr;
  CURLUcode (*url_set)(CURLU*, CURLUPart, const char*, unsigned) = nullptr;
  CURLUcode (*url_get)(const CURLU*, CURLUPart, char**, unsigned) = nullptr;
  void (*free)(void*) = nullptr;
};

inline constexpr std::string_view kCurlLibrary = "libcurl.so.4";

// Opened once a process and name. Throws Environment where it is not there or too old, with what to install.
const CurlLibrary& curl_library(std::string_view name = kCurlLibrary);

}  // namespace medbench
