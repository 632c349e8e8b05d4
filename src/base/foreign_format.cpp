#include "base/foreign_format.hpp"

#include <array>

#include "base/error.hpp"

namespace medbench {

namespace {

using namespace std::string_view_literals;

struct Format {
  std::string_view beginning;
  std::string_view what;
  std::string_view next_step;
  std::string_view end = {};  // of the file, where the beginning alone may be text
};

constexpr std::string_view kUnpack = "unpack it and give the file that was in it";
constexpr std::string_view kPage = "a web page and not the file itself";
constexpr std::string_view kNoPage = "download it again: such a page says what was wrong, or asks to log in";
constexpr std::string_view kConvert = "convert it to UTF-8: iconv -f UTF-16 -t UTF-8";

constexpr std::array kFormats{
    Format{"version https://git-lfs.github.com/spec/"sv, "a pointer of Git LFS and not the file itself",
           "fetch the file: run git lfs pull in its folder"},
    Format{"\x1F\x8B"sv, "compressed with gzip", "unpack it with gunzip and give the file that was in it"},
    Format{"\x28\xB5\x2F\xFD"sv, "compressed with zstd", kUnpack},
    Format{"\xFD\x37\x7A\x58\x5A"sv, "compressed with xz", kUnpack},
    Format{"BZh91AY&SY"sv, "compressed with bzip2", kUnpack},
    Format{"7z\xBC\xAF\x27\x1C"sv, "a 7z archive", kUnpack},
    Format{"PK\x03\x04"sv, "a ZIP archive, as office programs and torch.save write it, too",
           "unpack it, save a sheet again as CSV, or give weights of torch.save a name that ends in .bin"},
    Format{"PAR1"sv, "a Parquet file",
           "write it as JSON lines, in Python: pandas.read_parquet(FILE).to_json('texts.jsonl', "
           "orient='records', lines=True)",
           "PAR1"sv},
    Format{"ARROW1\0\0"sv, "an Arrow file",
           "write it as JSON lines, in Python: pandas.read_feather(FILE).to_json('texts.jsonl', "
           "orient='records', lines=True)"},
    Format{"%PDF-"sv, "a PDF", "give its text"},
    Format{"\x89HDF"sv, "an HDF5 file, as Keras writes it", "convert it with Hugging Face's transformers"},
    Format{""sv, "the index of a TensorFlow checkpoint",
           "convert the checkpoint with Hugging Face's transformers", "\x57\xFB\x80\x8B\x24\x75\x47\xDB"sv},
    Format{"<!DOCTYPE html"sv, kPage, kNoPage},
    Format{"<!doctype html"sv, kPage, kNoPage},
    Format{"<html"sv, kPage, kNoPage},
    Format{"SQLite format 3\0"sv, "an SQLite database", "export the table as CSV"},
    Format{"\xD0\xCF\x11\xE0"sv, "a file of an old office program", "save it again as text or CSV"},
    Format{"\xFF\xFE"sv, "text in UTF-16", kConvert},
    Format{"\xFE\xFF"sv, "text in UTF-16", kConvert},
};

}  // namespace

void refuse_foreign_format(std::string_view content, std::string_view origin) {
  for (const Format& format : kFormats) {
    if (content.starts_with(format.beginning) && content.ends_with(format.end))
      throw usage_error("{}: it is {}; {}", origin, format.what, format.next_step);
  }
}

}  // namespace medbench
