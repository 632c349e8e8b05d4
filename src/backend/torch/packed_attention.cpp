// Attention over texts without padding on the CPU: one scaled dot product for consecutive texts of one
// length, in pieces that keep every thread busy.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <algorithm>
#include <c10/core/InferenceMode.h>
#include <span>
#include <vector>

#include "backend/torch/program.hpp"
#include "backend/torch/share.hpp"
#include "base/error.hpp"

namespace medbench::torch_backend {

namespace {

// Some heads of texts of one length, one after the other.
struct Piece {
  std::int64_t begin = 0;  // the first token
  std::int64_t length = 0;
  std::int64_t texts = 1;
  std::int64_t first_head = 0;
  std::int64_t heads = 1;

  // In products of two numbers, and what calls and copies cost beside them.
  [[nodiscard]] std::int64_t cost() const { return texts * heads * length * (length + 32) + 256; }
};

// For each thread several, so that none waits long for another; none where texts and heads are too few.
constexpr std::int64_t kPiecesOfAThread = 4;

std::vector<Piece> groups_of(std::span<const std::int64_t> offsets, std::int64_t heads) {
  std::vector<Piece> groups;
  for (std::size_t i = 1; i < offsets.size(); ++i) {
    const std::int64_t length = offsets[i] - offsets[i - 1];
    if (length == 0) continue;
    if (!groups.empty() && groups.back().length == length) {
      ++groups.back().texts;
    } else {
      groups.push_back(
          {.begin = offsets[i - 1], .length = length, .texts = 1, .first_head = 0, .heads = heads});
    }
  }
  return groups;
}

std::int64_t cost_of(std::span<const Piece> pieces) {
  std::int64_t sum = 0;
  for (const Piece& piece : pieces) sum += piece.cost();
  return sum;
}

// Groups as pieces of at most about this cost: fewer texts each, or fewer heads of one text.
std::vector<Piece> split(std::span<const Piece> groups, std::int64_t most) {
  std::vector<Piece> pieces;
  for (const Piece& group : groups) {
    const std::int64_t of_a_text = std::max<std::int64_t>(1, group.cost() / group.texts);
    const std::int64_t texts = std::clamp<std::int64_t>(most / of_a_text, 1, group.texts);
    const std::int64_t parts = std::clamp<std::int64_t>(of_a_text / most, 1, group.heads);
    const std::int64_t heads = (group.heads + parts - 1) / parts;
    for (std::int64_t text = 0; text < group.texts; text += texts) {
      for (std::int64_t head = 0; head < group.heads; head += heads) {
        pieces.push_back({.begin = group.begin + text * group.length,
                          .length = group.length,
                          .texts = std::min(texts, group.texts - text),
                          .first_head = head,
                          .heads = std::min(heads, group.heads - head)});
      }
    }
  }
  return pieces;
}

// The first piece of each of so many shares of about equal cost, and the end.
std::vector<std::size_t> shares_of(std::span<const Piece> pieces, std::int64_t count) {
  const std::int64_t whole = cost_of(pieces);
  std::vector<std::size_t> begins{0};
  std::int64_t cost = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    // A piece belongs to the share in which its middle lies.
    while (static_cast<std::int64_t>(begins.size()) < count &&
           (cost + pieces[i].cost() / 2) * count >= whole * static_cast<std::int64_t>(begins.size()))
      begins.push_back(i);
    cost += pieces[i].cost();
  }
  begins.resize(static_cast<std::size_t>(count) + 1, pieces.size());
  return begins;
}

struct Operands {
  const at::Tensor& query;
  const at::Tensor& key;
  const at::Tensor& value;
};

// [texts, heads, length, d]
at::Tensor heads_of(const at::Tensor& tensor, std::int64_t all_heads, const Piece& piece) {
  return tensor.narrow(0, piece.begin, piece.texts * piece.length)
      .view({piece.texts, piece.length, all_heads, tensor.size(1) / all_heads})
      .narrow(2, piece.first_head, piece.heads)
      .transpose(1, 2);
}

at::Tensor attend(const Operands& x, std::int64_t all_heads, const Piece& piece) {
  const auto part = [&](const at::Tensor& tensor) { return heads_of(tensor, all_heads, piece); };
  return at::scaled_dot_product_attention(part(x.query), part(x.key), part(x.value));
}

void attend(const Operands& x, std::int64_t all_heads, const Piece& piece, const at::Tensor& result) {
  heads_of(result, all_heads, piece).copy_(attend(x, all_heads, piece));
}

void check_end(std::span<const std::int64_t> offsets, std::int64_t tokens) {
  if (offsets.empty() || offsets.back() != tokens)
    throw internal_error("torch: the offsets of texts do not end at the {} tokens", tokens);
}

at::Tensor attend_within(const Operands& x, std::int64_t heads, const std::vector<Piece>& groups) {
  if (groups.size() == 1) return attend(x, heads, groups.front()).transpose(1, 2).reshape(x.query.sizes());
  at::Tensor result = at::empty({x.query.size(0), x.query.size(1)}, x.query.options());
  const std::int64_t threads = at::get_num_threads();
  const std::vector<Piece> pieces =
      split(groups, std::max<std::int64_t>(1, cost_of(groups) / (threads * kPiecesOfAThread)));
  if (threads == 1 || static_cast<std::int64_t>(pieces.size()) < 2 * threads) {
    for (const Piece& group : groups) attend(x, heads, group, result);
    return result;
  }
  const std::vector<std::size_t> begins = shares_of(pieces, threads);
  share(threads, [&](std::int64_t first, std::int64_t last) {
    const c10::InferenceMode inference;
    const std::size_t end = begins[static_cast<std::size_t>(last)];
    for (std::size_t i = begins[static_cast<std::size_t>(first)]; i < end; ++i)
      attend(x, heads, pieces[i], result);
  });
  return result;
}

}  // namespace

PackedAttentionForm make_packed_attention(std::int64_t heads) {
  return {[heads](const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                  const at::Tensor& offsets) {
            const std::span places(offsets.const_data_ptr<std::int64_t>(),
                                   static_cast<std::size_t>(offsets.numel()));
            check_end(places, query.size(0));
            return attend_within({query, key, value}, heads, groups_of(places, heads));
          },
          "at::scaled_dot_product_attention of texts"};
}

}  // namespace medbench::torch_backend
