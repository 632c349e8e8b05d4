// What the kernels share. NVRTC compiles them when a job is prepared, and has no standard headers.
// ELEMENT says for which type (0: fp16, 1: bf16, 2: fp32). Arithmetic is in fp32; each result is rounded once.
// Memory moves in pieces of 8 elements, aligned to 16 bytes.

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
