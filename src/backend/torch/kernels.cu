// Kernels that libtorch lacks, compiled when a job is prepared by NVRTC, which has no standard headers.
// Macros say what for: ELEMENT (0: fp16, 1: bf16, 2: fp32) and WIDTH (elements in a row, a multiple of 8).
// Arithmetic is in fp32; each result is rounded once. Memory moves in pieces of 8 elements, aligned to 16 bytes.

struct __align__(16) Piece {
#if ELEMENT == 2
  float4 low, high;
#else
  unsigned word[4];
#endif
};

#if ELEMENT == 0
__device__ float low_to_float(unsigned word) {
  float value;
  asm("{.reg .b16 l, h; mov.b32 {l, h}, %1; cvt.f32.f16 %0, l;}" : "=f"(value) : "r"(word));
  return value;
}
__device__ float high_to_float(unsigned word) {
  float value;
  asm("{.reg .b16 l, h; mov.b32 {l, h}, %1; cvt.f32.f16 %0, h;}" : "=f"(value) : "r"(word));
  return value;
}
__device__ unsigned to_word(float low, float high) {
  unsigned word;
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(word) : "f"(high), "f"(low));
  return word;
}
#elif ELEMENT == 1
__device__ float low_to_float(unsigned word) { return __uint_as_float(word << 16); }
__device__ float high_to_float(unsigned word) { return __uint_as_float(word & 0xffff0000u); }
__device__ unsigned to_word(float low, float high) {
  unsigned word;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(word) : "f"(high), "f"(low));
  return word;
}
#endif

__device__ void unpack(const Piece& piece, float (&out)[8]) {
#if ELEMENT == 2
  out[0] = piece.low.x, out[1] = piece.low.y, out[2] = piece.low.z, out[3] = piece.low.w;
  out[4] = piece.high.x, out[5] = piece.high.y, out[6] = piece.high.z, out[7] = piece.high.w;
#else
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    out[2 * i] = low_to_float(piece.word[i]);
    out[2 * i + 1] = high_to_float(piece.word[i]);
  }
#endif
}

__device__ Piece pack(const float (&in)[8]) {
  Piece piece;
#if ELEMENT == 2
  piece.low = make_float4(in[0], in[1], in[2], in[3]);
  piece.high = make_float4(in[4], in[5], in[6], in[7]);
#else
#pragma unroll
  for (int i = 0; i < 4; ++i) piece.word[i] = to_word(in[2 * i], in[2 * i + 1]);
#endif
  return piece;
}

__device__ float gelu_of(float x) { return 0.5f * x * (1.0f + erff(x * 0.70710678118654752f)); }

// In place; `pieces` is how many there are.
extern "C" __global__ void __launch_bounds__(256) gelu(Piece* data, long long pieces) {
  const long long index = blockIdx.x * 256ll + threadIdx.x;
  if (index >= pieces) return;
  float values[8];
  unpack(data[index], values);
#pragma unroll
  for (int i = 0; i < 8; ++i) values[i] = gelu_of(values[i]);
  data[index] = pack(values);
}

#ifdef WIDTH
#define PIECES (WIDTH / 8)
#define PIECES_OF_LANE ((PIECES + 31) / 32)

__device__ float sum_of_warp(float value) {
#pragma unroll
  for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(0xffffffffu, value, distance);
  return value;
}

// out = layer_norm(x + residual); one warp a row. `out` may be `x` or `residual`.
extern "C" __global__ void __launch_bounds__(128) add_layer_norm(const Piece* x, const Piece* residual,
                                                                 const Piece* weight, const Piece* bias,
                                                                 Piece* out, int rows, float epsilon) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) return;
  const int lane = threadIdx.x;
  const long long first = static_cast<long long>(row) * PIECES;
  float values[PIECES_OF_LANE][8];
  float sum = 0;
#pragma unroll
  for (int i = 0; i < PIECES_OF_LANE; ++i) {
    const int piece = i * 32 + lane;
    if (PIECES % 32 == 0 || piece < PIECES) {
      float added[8];
      unpack(x[first + piece], values[i]);
      unpack(residual[first + piece], added);
#pragma unroll
      for (int j = 0; j < 8; ++j) {
        values[i][j] += added[j];
        sum += values[i][j];
      }
    }
  }
  const float mean = sum_of_warp(sum) * (1.0f / WIDTH);
  float squares = 0;
#pragma unroll
  for (int i = 0; i < PIECES_OF_LANE; ++i) {
    if (PIECES % 32 == 0 || i * 32 + lane < PIECES) {
#pragma unroll
      for (int j = 0; j < 8; ++j) {
        values[i][j] -= mean;
        squares += values[i][j] * values[i][j];
      }
    }
  }
  const float scale = rsqrtf(sum_of_warp(squares) * (1.0f / WIDTH) + epsilon);
#pragma unroll
  for (int i = 0; i < PIECES_OF_LANE; ++i) {
    const int piece = i * 32 + lane;
    if (PIECES % 32 == 0 || piece < PIECES) {
      float factor[8];
      float shift[8];
      unpack(weight[piece], factor);
      unpack(bias[piece], shift);
#pragma unroll
      for (int j = 0; j < 8; ++j) values[i][j] = values[i][j] * scale * factor[j] + shift[j];
      out[first + piece] = pack(values[i]);
    }
  }
}
#endif
