// Kernels for images that libtorch lacks: what takes it several passes over memory. Images lie with their
// channels last: an image is `rows` places, each `width` pieces of channels, of which a thread takes one piece
// in several rows. blockIdx.x and threadIdx.y count rows, blockIdx.y and threadIdx.x pieces, blockIdx.z images.

enum Activation { kNone, kRelu, kLeakyRelu, kSilu, kSigmoid };

#define LOADS 4  // pieces that a thread asks for before it works on them

// NaN stays NaN.
__device__ float activated(float x, int activation, float slope) {
  if (activation == kRelu) return x < 0 ? 0 : x;
  if (activation == kLeakyRelu) return x < 0 ? x * slope : x;
  if (activation == kSilu) return x / (1.0f + __expf(-x));
  if (activation == kSigmoid) return 1.0f / (1.0f + __expf(-x));
  return x;
}

__device__ void load8(const float* from, float (&to)[8]) {
  const float4 low = reinterpret_cast<const float4*>(from)[0];
  const float4 high = reinterpret_cast<const float4*>(from)[1];
  to[0] = low.x, to[1] = low.y, to[2] = low.z, to[3] = low.w;
  to[4] = high.x, to[5] = high.y, to[6] = high.z, to[7] = high.w;
}

__device__ Piece finished(const Piece& x, const Piece* addend, const float (&scale)[8], const float (&shift)[8],
                          int activation, float slope) {
  float values[8];
  unpack(x, values);
#pragma unroll
  for (int j = 0; j < 8; ++j) values[j] = values[j] * scale[j] + shift[j];
  if (addend != nullptr) {
    float added[8];
    unpack(*addend, added);
#pragma unroll
    for (int j = 0; j < 8; ++j) values[j] += added[j];
  }
#pragma unroll
  for (int j = 0; j < 8; ++j) values[j] = activated(values[j], activation, slope);
  return pack(values);
}

__device__ void load_factors(const float* scale, const float* shift, int piece, float (&scales)[8],
                             float (&shifts)[8]) {
#pragma unroll
  for (int j = 0; j < 8; ++j) scales[j] = 1, shifts[j] = 0;
  if (scale != nullptr) load8(scale + 8 * piece, scales);
  if (shift != nullptr) load8(shift + 8 * piece, shifts);
}

// out = activation(x * scale + shift + addend), where `out` may be `x`. A null scale is 1, others are 0. The
// factors of an image begin `stride` floats behind those of the one before.
extern "C" __global__ void __launch_bounds__(256)
    finish(const Piece* x, const Piece* addend, const float* scale, const float* shift, Piece* out,
           long long rows, int width, int images, int stride, int activation, float slope) {
  const int piece = blockIdx.y * blockDim.x + threadIdx.x;
  if (piece >= width) return;
  const long long step = static_cast<long long>(gridDim.x) * blockDim.y;
  for (int image = blockIdx.z; image < images; image += gridDim.z) {
    const long long offset = static_cast<long long>(image) * stride;
    float scales[8];
    float shifts[8];
    load_factors(scale == nullptr ? scale : scale + offset, shift == nullptr ? shift : shift + offset, piece,
                 scales, shifts);
    const long long first = image * rows;
    for (long long row = blockIdx.x * blockDim.y + threadIdx.y; row < rows; row += LOADS * step) {
      Piece pieces[LOADS];
#pragma unroll
      for (int i = 0; i < LOADS; ++i)
        if (row + i * step < rows) pieces[i] = x[(first + row + i * step) * width + piece];
#pragma unroll
      for (int i = 0; i < LOADS; ++i) {
        const long long at = (first + row + i * step) * width + piece;
        if (row + i * step < rows)
          out[at] = finished(pieces[i], addend == nullptr ? addend : addend + at, scales, shifts, activation,
                             slope);
      }
    }
  }
}

#define MOST_SOURCES 64
struct Sources {
  const Piece* data[MOST_SOURCES];
  int begin[MOST_SOURCES + 1];  // pieces of a row of `out`; the last is its width
};

// out = activation(scale * the sources' channels in a row + shift).
extern "C" __global__ void __launch_bounds__(256)
    join(Sources sources, int count, const float* scale, const float* shift, Piece* out, long long rows,
         int activation, float slope) {
  const int width = sources.begin[count];
  const int piece = blockIdx.y * blockDim.x + threadIdx.x;
  if (piece >= width) return;
  int low = 0;
  for (int high = count; high - low > 1;) {
    const int middle = (low + high) / 2;
    (sources.begin[middle] <= piece ? low : high) = middle;
  }
  const Piece* x = sources.data[low] + (piece - sources.begin[low]);
  const int source_width = sources.begin[low + 1] - sources.begin[low];
  float scales[8];
  float shifts[8];
  load_factors(scale, shift, piece, scales, shifts);
  const long long step = static_cast<long long>(gridDim.x) * blockDim.y;
  for (long long row = blockIdx.x * blockDim.y + threadIdx.y; row < rows; row += LOADS * step) {
    Piece pieces[LOADS];
#pragma unroll
    for (int i = 0; i < LOADS; ++i)
      if (row + i * step < rows) pieces[i] = x[(row + i * step) * source_width];
#pragma unroll
    for (int i = 0; i < LOADS; ++i)
      if (row + i * step < rows)
        out[(row + i * step) * width + piece] =
            finished(pieces[i], nullptr, scales, shifts, activation, slope);
  }
}

// Sums of each channel of an image over the rows of blockIdx.x, and of its squares, of differences from the
// image's first place, which keeps the difference of large sums small. `sums` is [images, gridDim.x, 2, channels].
extern "C" __global__ void __launch_bounds__(256)
    sum_up(const Piece* x, float* sums, long long rows, int width, int images) {
  __shared__ float shared[256][16];
  const int piece = blockIdx.y * blockDim.x + threadIdx.x;
  float* const own = shared[threadIdx.y * blockDim.x + threadIdx.x];
  const long long step = static_cast<long long>(gridDim.x) * blockDim.y;
  for (int image = blockIdx.z; image < images; image += gridDim.z) {
    const Piece* const data = x + image * rows * width + piece;
    float sum[8];
    float squares[8];
#pragma unroll
    for (int j = 0; j < 8; ++j) sum[j] = squares[j] = 0;
    if (piece < width) {
      float origin[8];
      unpack(data[0], origin);
      for (long long row = blockIdx.x * blockDim.y + threadIdx.y; row < rows; row += LOADS * step) {
        Piece pieces[LOADS];
#pragma unroll
        for (int i = 0; i < LOADS; ++i)
          if (row + i * step < rows) pieces[i] = data[(row + i * step) * width];
#pragma unroll
        for (int i = 0; i < LOADS; ++i) {
          if (row + i * step >= rows) continue;
          float values[8];
          unpack(pieces[i], values);
#pragma unroll
          for (int j = 0; j < 8; ++j) {
            const float difference = values[j] - origin[j];
            sum[j] += difference;
            squares[j] += difference * difference;
          }
        }
      }
    }
#pragma unroll
    for (int j = 0; j < 8; ++j) own[j] = sum[j], own[8 + j] = squares[j];
    __syncthreads();
    for (int half = 1; half < static_cast<int>(blockDim.y); half *= 2) {
      if (threadIdx.y % (2 * half) == 0 && threadIdx.y + half < blockDim.y) {
        const float* const other = shared[(threadIdx.y + half) * blockDim.x + threadIdx.x];
#pragma unroll
        for (int j = 0; j < 16; ++j) own[j] += other[j];
      }
      __syncthreads();
    }
    if (threadIdx.y == 0 && piece < width) {
      float* const to = sums + (static_cast<long long>(image) * gridDim.x + blockIdx.x) * 16 * width + 8 * piece;
#pragma unroll
      for (int j = 0; j < 8; ++j) to[j] = own[j], to[8 * width + j] = own[8 + j];
    }
    __syncthreads();
  }
}

// Of the sums, which `parts` blocks made: the factors with which `finish` normalises. threadIdx.x counts
// channels, threadIdx.y parts, blockIdx.x channels by 32, blockIdx.y images. A null weight is 1, a null bias 0.
extern "C" __global__ void __launch_bounds__(256)
    factors(const Piece* x, const float* sums, const float* weight, const float* bias, float* scale, float* shift,
            long long rows, int width, int images, int parts, float epsilon) {
  __shared__ float shared[2][8][32];
  const int channels = 8 * width;
  const int channel = blockIdx.x * 32 + threadIdx.x;
  for (int image = blockIdx.y; image < images; image += gridDim.y) {
    float sum = 0;
    float squares = 0;
    if (channel < channels) {
      const float* const own = sums + static_cast<long long>(image) * parts * 2 * channels + channel;
      for (int part = threadIdx.y; part < parts; part += 8) {
        sum += own[2ll * part * channels];
        squares += own[(2ll * part + 1) * channels];
      }
    }
    shared[0][threadIdx.y][threadIdx.x] = sum;
    shared[1][threadIdx.y][threadIdx.x] = squares;
    __syncthreads();
    if (threadIdx.y == 0 && channel < channels) {
      for (int i = 1; i < 8; ++i) sum += shared[0][i][threadIdx.x], squares += shared[1][i][threadIdx.x];
      float origin[8];
      unpack(x[image * rows * width + channel / 8], origin);
      const float count = static_cast<float>(rows);
      const float difference = sum / count;
      float variance = squares / count - difference * difference;
      if (variance < 0) variance = 0;  // NaN stays NaN
      const float factor = rsqrtf(variance + epsilon) * (weight == nullptr ? 1.0f : weight[channel]);
      const long long at = static_cast<long long>(image) * channels + channel;
      scale[at] = factor;
      shift[at] = (bias == nullptr ? 0.0f : bias[channel]) - (origin[channel % 8] + difference) * factor;
    }
    __syncthreads();
  }
}

struct Window {  // of depth, height and width
  int in[3];
  int out[3];
  int kernel[3];
  int stride[3];
  int padding[3];
};

// out = the largest activation(x + shift) in each window; NaN is larger than all.
extern "C" __global__ void __launch_bounds__(256)
    max_pool(const Piece* x, const float* shift, Piece* out, Window window, int width, long long places,
             int activation, float slope) {
  const int piece = blockIdx.y * blockDim.x + threadIdx.x;
  if (piece >= width) return;
  float scales[8];
  float shifts[8];
  load_factors(nullptr, shift, piece, scales, shifts);
  const long long step = static_cast<long long>(gridDim.x) * blockDim.y;
  for (long long place = blockIdx.x * blockDim.y + threadIdx.y; place < places; place += step) {
    long long rest = place;
    int begin[3];
    int end[3];
#pragma unroll
    for (int d = 2; d >= 0; --d) {
      const int at = static_cast<int>(rest % window.out[d]);
      rest /= window.out[d];
      const int first = at * window.stride[d] - window.padding[d];
      begin[d] = max(first, 0);
      end[d] = min(first + window.kernel[d], window.in[d]);
    }
    const Piece* const image = x + rest * window.in[0] * window.in[1] * window.in[2] * width + piece;
    float best[8];
#pragma unroll
    for (int j = 0; j < 8; ++j) best[j] = -__int_as_float(0x7f800000);
    for (int a = begin[0]; a < end[0]; ++a) {
      for (int b = begin[1]; b < end[1]; ++b) {
        for (int c = begin[2]; c < end[2]; ++c) {
          float values[8];
          unpack(image[((static_cast<long long>(a) * window.in[1] + b) * window.in[2] + c) * width], values);
#pragma unroll
          for (int j = 0; j < 8; ++j) {
            const float value = activated(values[j] + shifts[j], activation, slope);
            if (value > best[j] || value != value) best[j] = value;
          }
        }
      }
    }
    out[place * width + piece] = pack(best);
  }
}
