// Kernels for encoders that libtorch lacks. WIDTH is how many elements a row has, a multiple of 8.

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
