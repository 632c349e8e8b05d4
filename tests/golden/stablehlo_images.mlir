module @graph {
  func.func public @main(%arg0: tensor<2x4x8x8xf32>, %arg1: tensor<4xf32>, %arg2: tensor<4x2x3x3xf32>, %arg3: tensor<4x8x1x1xf32>) -> (tensor<2x4x2x2xf32>) {
    %0 = stablehlo.convolution(%arg0, %arg2) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1], window = {stride = [2, 2], pad = [[1, 1], [1, 1]], lhs_dilate = [1, 1], rhs_dilate = [1, 1]} {batch_group_count = 1 : i64, feature_group_count = 2 : i64, precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]} : (tensor<2x4x8x8xf32>, tensor<4x2x3x3xf32>) -> tensor<2x4x4x4xf32>
    %1 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<4xf32>) -> tensor<2x4x4x4xf32>
    %2 = stablehlo.add %0, %1 : tensor<2x4x4x4xf32>
    %3 = stablehlo.reverse %arg2, dims = [2, 3] : tensor<4x2x3x3xf32>
    %4 = stablehlo.reshape %3 : (tensor<4x2x3x3xf32>) -> tensor<2x2x2x3x3xf32>
    %5 = stablehlo.transpose %4, dims = [1, 0, 2, 3, 4] : (tensor<2x2x2x3x3xf32>) -> tensor<2x2x2x3x3xf32>
    %6 = stablehlo.reshape %5 : (tensor<2x2x2x3x3xf32>) -> tensor<2x4x3x3xf32>
    %7 = stablehlo.convolution(%2, %6) dim_numbers = [b, f, 0, 1]x[i, o, 0, 1]->[b, f, 0, 1], window = {stride = [1, 1], pad = [[2, 2], [2, 3]], lhs_dilate = [2, 2], rhs_dilate = [1, 1]} {batch_group_count = 1 : i64, feature_group_count = 2 : i64, precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]} : (tensor<2x4x4x4xf32>, tensor<2x4x3x3xf32>) -> tensor<2x4x9x10xf32>
    %8 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %9 = "stablehlo.reduce_window"(%7, %8) <{window_dimensions = array<i64: 1, 1, 2, 2>, window_strides = array<i64: 1, 1, 2, 2>, padding = dense<[[0, 0], [0, 0], [0, 0], [0, 0]]> : tensor<4x2xi64>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %both = stablehlo.maximum %a, %b : tensor<f32>
      stablehlo.return %both : tensor<f32>
    }) : (tensor<2x4x9x10xf32>, tensor<f32>) -> tensor<2x4x4x5xf32>
    %10 = stablehlo.constant dense<0.00000000e+00> : tensor<f32>
    %11 = "stablehlo.reduce_window"(%9, %10) <{window_dimensions = array<i64: 1, 1, 3, 3>, window_strides = array<i64: 1, 1, 1, 1>, padding = dense<[[0, 0], [0, 0], [0, 0], [0, 0]]> : tensor<4x2xi64>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %both = stablehlo.add %a, %b : tensor<f32>
      stablehlo.return %both : tensor<f32>
    }) : (tensor<2x4x4x5xf32>, tensor<f32>) -> tensor<2x4x2x3xf32>
    %12 = stablehlo.constant dense<9.00000000e+00> : tensor<2x4x2x3xf32>
    %13 = stablehlo.divide %11, %12 : tensor<2x4x2x3xf32>
    %14 = stablehlo.constant dense<1.00000005e-03> : tensor<4xf32>
    %15 = stablehlo.add %arg1, %14 : tensor<4xf32>
    %16 = stablehlo.rsqrt %15 : tensor<4xf32>
    %17 = stablehlo.multiply %arg1, %16 : tensor<4xf32>
    %18 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<4xf32>) -> tensor<2x4x2x3xf32>
    %19 = stablehlo.subtract %13, %18 : tensor<2x4x2x3xf32>
    %20 = stablehlo.broadcast_in_dim %17, dims = [1] : (tensor<4xf32>) -> tensor<2x4x2x3xf32>
    %21 = stablehlo.multiply %19, %20 : tensor<2x4x2x3xf32>
    %22 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<4xf32>) -> tensor<2x4x2x3xf32>
    %23 = stablehlo.add %21, %22 : tensor<2x4x2x3xf32>
    %24 = stablehlo.constant dense<0.00000000e+00> : tensor<f32>
    %25 = stablehlo.reduce(%23 init: %24) applies stablehlo.add across dimensions = [2, 3] : (tensor<2x4x2x3xf32>, tensor<f32>) -> tensor<2x4xf32>
    %26 = stablehlo.constant dense<1.66666672e-01> : tensor<2x4xf32>
    %27 = stablehlo.multiply %25, %26 : tensor<2x4xf32>
    %28 = stablehlo.broadcast_in_dim %27, dims = [0, 1] : (tensor<2x4xf32>) -> tensor<2x4x2x3xf32>
    %29 = stablehlo.subtract %23, %28 : tensor<2x4x2x3xf32>
    %30 = stablehlo.multiply %29, %29 : tensor<2x4x2x3xf32>
    %31 = stablehlo.constant dense<0.00000000e+00> : tensor<f32>
    %32 = stablehlo.reduce(%30 init: %31) applies stablehlo.add across dimensions = [2, 3] : (tensor<2x4x2x3xf32>, tensor<f32>) -> tensor<2x4xf32>
    %33 = stablehlo.constant dense<1.66666672e-01> : tensor<2x4xf32>
    %34 = stablehlo.multiply %32, %33 : tensor<2x4xf32>
    %35 = stablehlo.constant dense<9.99999975e-06> : tensor<2x4xf32>
    %36 = stablehlo.add %34, %35 : tensor<2x4xf32>
    %37 = stablehlo.rsqrt %36 : tensor<2x4xf32>
    %38 = stablehlo.broadcast_in_dim %37, dims = [0, 1] : (tensor<2x4xf32>) -> tensor<2x4x2x3xf32>
    %39 = stablehlo.multiply %29, %38 : tensor<2x4x2x3xf32>
    %40 = stablehlo.constant dense<0.00000000e+00> : tensor<f32>
    %41 = stablehlo.reduce(%39 init: %40) applies stablehlo.add across dimensions = [2, 3] : (tensor<2x4x2x3xf32>, tensor<f32>) -> tensor<2x4xf32>
    %42 = stablehlo.constant dense<1.66666672e-01> : tensor<2x4xf32>
    %43 = stablehlo.multiply %41, %42 : tensor<2x4xf32>
    %44 = stablehlo.broadcast_in_dim %43, dims = [0, 1] : (tensor<2x4xf32>) -> tensor<2x4x2x3xf32>
    %45 = stablehlo.subtract %39, %44 : tensor<2x4x2x3xf32>
    %46 = stablehlo.multiply %45, %45 : tensor<2x4x2x3xf32>
    %47 = stablehlo.constant dense<0.00000000e+00> : tensor<f32>
    %48 = stablehlo.reduce(%46 init: %47) applies stablehlo.add across dimensions = [2, 3] : (tensor<2x4x2x3xf32>, tensor<f32>) -> tensor<2x4xf32>
    %49 = stablehlo.constant dense<1.66666672e-01> : tensor<2x4xf32>
    %50 = stablehlo.multiply %48, %49 : tensor<2x4xf32>
    %51 = stablehlo.constant dense<9.99999975e-06> : tensor<2x4xf32>
    %52 = stablehlo.add %50, %51 : tensor<2x4xf32>
    %53 = stablehlo.rsqrt %52 : tensor<2x4xf32>
    %54 = stablehlo.broadcast_in_dim %53, dims = [0, 1] : (tensor<2x4xf32>) -> tensor<2x4x2x3xf32>
    %55 = stablehlo.multiply %45, %54 : tensor<2x4x2x3xf32>
    %56 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<4xf32>) -> tensor<2x4x2x3xf32>
    %57 = stablehlo.multiply %55, %56 : tensor<2x4x2x3xf32>
    %58 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<4xf32>) -> tensor<2x4x2x3xf32>
    %59 = stablehlo.add %57, %58 : tensor<2x4x2x3xf32>
    %60 = stablehlo.concatenate %23, %59, dim = 1 : (tensor<2x4x2x3xf32>, tensor<2x4x2x3xf32>) -> tensor<2x8x2x3xf32>
    %61 = stablehlo.slice %60 [0:2, 0:8, 0:1, 0:3] : (tensor<2x8x2x3xf32>) -> tensor<2x8x1x3xf32>
    %62 = stablehlo.slice %60 [0:2, 0:8, 0:1, 0:3] : (tensor<2x8x2x3xf32>) -> tensor<2x8x1x3xf32>
    %63 = stablehlo.concatenate %61, %62, dim = 2 : (tensor<2x8x1x3xf32>, tensor<2x8x1x3xf32>) -> tensor<2x8x2x3xf32>
    %64 = stablehlo.constant dense<2.50000000e-01> : tensor<2x8x2x3xf32>
    %65 = stablehlo.multiply %63, %64 : tensor<2x8x2x3xf32>
    %66 = stablehlo.constant dense<7.50000000e-01> : tensor<2x8x2x3xf32>
    %67 = stablehlo.multiply %60, %66 : tensor<2x8x2x3xf32>
    %68 = stablehlo.add %67, %65 : tensor<2x8x2x3xf32>
    %69 = stablehlo.slice %60 [0:2, 0:8, 1:2, 0:3] : (tensor<2x8x2x3xf32>) -> tensor<2x8x1x3xf32>
    %70 = stablehlo.slice %60 [0:2, 0:8, 1:2, 0:3] : (tensor<2x8x2x3xf32>) -> tensor<2x8x1x3xf32>
    %71 = stablehlo.concatenate %70, %69, dim = 2 : (tensor<2x8x1x3xf32>, tensor<2x8x1x3xf32>) -> tensor<2x8x2x3xf32>
    %72 = stablehlo.constant dense<2.50000000e-01> : tensor<2x8x2x3xf32>
    %73 = stablehlo.multiply %71, %72 : tensor<2x8x2x3xf32>
    %74 = stablehlo.constant dense<7.50000000e-01> : tensor<2x8x2x3xf32>
    %75 = stablehlo.multiply %60, %74 : tensor<2x8x2x3xf32>
    %76 = stablehlo.add %75, %73 : tensor<2x8x2x3xf32>
    %77 = stablehlo.reshape %68 : (tensor<2x8x2x3xf32>) -> tensor<2x8x2x1x3xf32>
    %78 = stablehlo.reshape %76 : (tensor<2x8x2x3xf32>) -> tensor<2x8x2x1x3xf32>
    %79 = stablehlo.concatenate %77, %78, dim = 3 : (tensor<2x8x2x1x3xf32>, tensor<2x8x2x1x3xf32>) -> tensor<2x8x2x2x3xf32>
    %80 = stablehlo.reshape %79 : (tensor<2x8x2x2x3xf32>) -> tensor<2x8x4x3xf32>
    %81 = stablehlo.slice %80 [0:2, 0:8, 0:4, 0:1] : (tensor<2x8x4x3xf32>) -> tensor<2x8x4x1xf32>
    %82 = stablehlo.slice %80 [0:2, 0:8, 0:4, 0:2] : (tensor<2x8x4x3xf32>) -> tensor<2x8x4x2xf32>
    %83 = stablehlo.concatenate %81, %82, dim = 3 : (tensor<2x8x4x1xf32>, tensor<2x8x4x2xf32>) -> tensor<2x8x4x3xf32>
    %84 = stablehlo.constant dense<3.33333343e-01> : tensor<2x8x4x3xf32>
    %85 = stablehlo.multiply %83, %84 : tensor<2x8x4x3xf32>
    %86 = stablehlo.constant dense<6.66666687e-01> : tensor<2x8x4x3xf32>
    %87 = stablehlo.multiply %80, %86 : tensor<2x8x4x3xf32>
    %88 = stablehlo.add %87, %85 : tensor<2x8x4x3xf32>
    %89 = stablehlo.slice %80 [0:2, 0:8, 0:4, 2:3] : (tensor<2x8x4x3xf32>) -> tensor<2x8x4x1xf32>
    %90 = stablehlo.slice %80 [0:2, 0:8, 0:4, 1:3] : (tensor<2x8x4x3xf32>) -> tensor<2x8x4x2xf32>
    %91 = stablehlo.concatenate %90, %89, dim = 3 : (tensor<2x8x4x2xf32>, tensor<2x8x4x1xf32>) -> tensor<2x8x4x3xf32>
    %92 = stablehlo.constant dense<3.33333343e-01> : tensor<2x8x4x3xf32>
    %93 = stablehlo.multiply %91, %92 : tensor<2x8x4x3xf32>
    %94 = stablehlo.constant dense<6.66666687e-01> : tensor<2x8x4x3xf32>
    %95 = stablehlo.multiply %80, %94 : tensor<2x8x4x3xf32>
    %96 = stablehlo.add %95, %93 : tensor<2x8x4x3xf32>
    %97 = stablehlo.reshape %88 : (tensor<2x8x4x3xf32>) -> tensor<2x8x4x3x1xf32>
    %98 = stablehlo.reshape %80 : (tensor<2x8x4x3xf32>) -> tensor<2x8x4x3x1xf32>
    %99 = stablehlo.reshape %96 : (tensor<2x8x4x3xf32>) -> tensor<2x8x4x3x1xf32>
    %100 = stablehlo.concatenate %97, %98, %99, dim = 4 : (tensor<2x8x4x3x1xf32>, tensor<2x8x4x3x1xf32>, tensor<2x8x4x3x1xf32>) -> tensor<2x8x4x3x3xf32>
    %101 = stablehlo.reshape %100 : (tensor<2x8x4x3x3xf32>) -> tensor<2x8x4x9xf32>
    %102 = stablehlo.constant dense<5.00000000e-01> : tensor<f32>
    %103 = stablehlo.pad %101, %102, low = [0, 0, 1, 2], high = [0, 0, 0, 1], interior = [0, 0, 0, 0] : (tensor<2x8x4x9xf32>, tensor<f32>) -> tensor<2x8x5x12xf32>
    %104 = stablehlo.constant dense<1.17647061e-02> : tensor<2x8x5x12xf32>
    %105 = stablehlo.divide %103, %104 : tensor<2x8x5x12xf32>
    %106 = stablehlo.round_nearest_even %105 : tensor<2x8x5x12xf32>
    %107 = stablehlo.constant dense<-8.50000000e+01> : tensor<2x8x5x12xf32>
    %108 = stablehlo.maximum %106, %107 : tensor<2x8x5x12xf32>
    %109 = stablehlo.constant dense<1.70000000e+02> : tensor<2x8x5x12xf32>
    %110 = stablehlo.minimum %108, %109 : tensor<2x8x5x12xf32>
    %111 = stablehlo.constant dense<1.17647061e-02> : tensor<2x8x5x12xf32>
    %112 = stablehlo.multiply %110, %111 : tensor<2x8x5x12xf32>
    %113 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %114 = "stablehlo.reduce_window"(%112, %113) <{window_dimensions = array<i64: 1, 1, 2, 2>, window_strides = array<i64: 1, 1, 2, 2>, padding = dense<[[0, 0], [0, 0], [0, 0], [0, 0]]> : tensor<4x2xi64>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %both = stablehlo.maximum %a, %b : tensor<f32>
      stablehlo.return %both : tensor<f32>
    }) : (tensor<2x8x5x12xf32>, tensor<f32>) -> tensor<2x8x2x6xf32>
    %115 = stablehlo.reshape %arg3 : (tensor<4x8x1x1xf32>) -> tensor<4x8xf32>
    %116 = stablehlo.abs %115 : tensor<4x8xf32>
    %117 = stablehlo.constant dense<0.00000000e+00> : tensor<f32>
    %118 = stablehlo.reduce(%116 init: %117) applies stablehlo.maximum across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
    %119 = stablehlo.constant dense<6.30000000e+01> : tensor<4xf32>
    %120 = stablehlo.divide %118, %119 : tensor<4xf32>
    %121 = stablehlo.constant dense<0.00000000e+00> : tensor<4xf32>
    %122 = stablehlo.compare EQ, %120, %121 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
    %123 = stablehlo.constant dense<1.00000000e+00> : tensor<4xf32>
    %124 = stablehlo.select %122, %123, %120 : tensor<4xi1>, tensor<4xf32>
    %125 = stablehlo.broadcast_in_dim %124, dims = [0] : (tensor<4xf32>) -> tensor<4x8xf32>
    %126 = stablehlo.divide %115, %125 : tensor<4x8xf32>
    %127 = stablehlo.round_nearest_even %126 : tensor<4x8xf32>
    %128 = stablehlo.multiply %127, %125 : tensor<4x8xf32>
    %129 = stablehlo.reshape %128 : (tensor<4x8xf32>) -> tensor<4x8x1x1xf32>
    %130 = stablehlo.convolution(%114, %129) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1], window = {stride = [1, 1], pad = [[0, 0], [0, 0]], lhs_dilate = [1, 1], rhs_dilate = [1, 1]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64, precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]} : (tensor<2x8x2x6xf32>, tensor<4x8x1x1xf32>) -> tensor<2x4x2x6xf32>
    %131 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<4xf32>) -> tensor<2x4x2x6xf32>
    %132 = stablehlo.add %130, %131 : tensor<2x4x2x6xf32>
    %133 = stablehlo.constant dense<0.00000000e+00> : tensor<f32>
    %134 = "stablehlo.reduce_window"(%132, %133) <{window_dimensions = array<i64: 1, 1, 1, 3>, window_strides = array<i64: 1, 1, 1, 3>, padding = dense<[[0, 0], [0, 0], [0, 0], [0, 0]]> : tensor<4x2xi64>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %both = stablehlo.add %a, %b : tensor<f32>
      stablehlo.return %both : tensor<f32>
    }) : (tensor<2x4x2x6xf32>, tensor<f32>) -> tensor<2x4x2x2xf32>
    %135 = stablehlo.constant dense<3.00000000e+00> : tensor<2x4x2x2xf32>
    %136 = stablehlo.divide %134, %135 : tensor<2x4x2x2xf32>
    return %136 : tensor<2x4x2x2xf32>
  }
}
