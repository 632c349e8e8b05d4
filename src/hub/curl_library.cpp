#include "hub/curl_library.hpp"

#include <dlfcn.h>
#include <map>
#include <string>

#include "base/error.hpp"
#include "device/library.hpp"

namespace medbench {
namespace {

bool find_all(const device::Library& library, CurlLibrary& curl) {
  return library.find("curl_global_init", curl.global_init) &&
         library.find("curl_easy_init", curl.easy_init) && library.find("curl_easy_reset", curl.easy_reset) &&
         library.find("curl_easy_cleanup", curl.easy_cleanup) &&
         library.find("curl_easy_setopt", curl.easy_setopt) &&
         library.find("curl_easy_perform", curl.easy_perform) &&
         library.find("curl_easy_getinfo", curl.easy_getinfo) &&
         library.find("curl_easy_strerror", curl.easy_strerror) &&
         library.find("curl_slist_append", curl.slist_append) &&
         library.find("curl_slist_free_all", curl.slist_free_all) && library.find("curl_url", curl.url) &&
         library.find("curl_url_cleanup", curl.url_cleanup) && library.find("curl_url_set", curl.url_set) &&
         library.find("curl_url_get", curl.url_get) && library.find("curl_free", curl.free);
}

CurlLibrary open_library(const std::string& name) {
  constexpr std::string_view kInstall =
      "install your system's package of libcurl (Debian and Ubuntu: libcurl4)";
  device::Library library(name, RTLD_NOW | RTLD_LOCAL);
  // Debian has it under this name where it is built with another library for TLS.
  if (!library.loaded() && name == kCurlLibrary)
    library = device::Library("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library.loaded()) {
    throw environment_error("downloads need libcurl, and {} is not on this machine ({}); {}", name,
                            printable(library.error()), kInstall);
  }
  CurlLibrary curl;
  if (!find_all(library, curl))
    throw environment_error("{} is no libcurl, or one before 7.62, which downloads need; {}", name, kInstall);
  if (const CURLcode code = curl.global_init(CURL_GLOBAL_DEFAULT); code != CURLE_OK)
    throw environment_error("{} cannot be used: {}", name, curl.easy_strerror(code));
  return curl;
}

}  // namespace

const CurlLibrary& curl_library(std::string_view name) {
  static std::map<std::string, CurlLibrary, std::less<>> opened;
  const auto known = opened.find(name);
  return known != opened.end() ? known->second
                               : opened.emplace(name, open_library(std::string(name))).first->second;
}

}  // namespace medbench
