module @graph {
  func.func public @main(%arg0: tensor<2x3xi64>, %arg1: tensor<2x3xi64>, %arg2: tensor<10x4xf32>, %arg3: tensor<4x4xf32>, %arg4: tensor<4xf32>) -> (tensor<2x3x4xf32>) {
    %0 = "stablehlo.gather"(%arg2, %arg0) <{dimension_numbers = #stablehlo.gather<offset_dims = [2], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 2>, slice_sizes = array<i64: 1, 4>}> : (tensor<10x4xf32>, tensor<2x3xi64>) -> tensor<2x3x4xf32>
    %1 = stablehlo.dot_general %0, %arg3, contracting_dims = [2] x [1], precision = [HIGHEST, HIGHEST] : (tensor<2x3x4xf32>, tensor<4x4xf32>) -> tensor<2x3x4xf32>
    %2 = stablehlo.broadcast_in_dim %arg4, dims = [2] : (tensor<4xf32>) -> tensor<2x3x4xf32>
    %3 = stablehlo.add %1, %2 : tensor<2x3x4xf32>
    %4 = stablehlo.constant dense<7.07106769e-01> : tensor<2x3x4xf32>
    %5 = stablehlo.multiply %3, %4 : tensor<2x3x4xf32>
    %6 = stablehlo.constant dense<-3.74392128e+00> : tensor<2x3x4xf32>
    %7 = stablehlo.maximum %5, %6 : tensor<2x3x4xf32>
    %8 = stablehlo.constant dense<3.74392128e+00> : tensor<2x3x4xf32>
    %9 = stablehlo.minimum %7, %8 : tensor<2x3x4xf32>
    %10 = stablehlo.multiply %9, %9 : tensor<2x3x4xf32>
    %11 = stablehlo.constant dense<2.29050653e-04> : tensor<2x3x4xf32>
    %12 = stablehlo.constant dense<3.40829091e-03> : tensor<2x3x4xf32>
    %13 = stablehlo.multiply %11, %10 : tensor<2x3x4xf32>
    %14 = stablehlo.add %13, %12 : tensor<2x3x4xf32>
    %15 = stablehlo.constant dense<5.09556942e-02> : tensor<2x3x4xf32>
    %16 = stablehlo.multiply %14, %10 : tensor<2x3x4xf32>
    %17 = stablehlo.add %16, %15 : tensor<2x3x4xf32>
    %18 = stablehlo.constant dense<1.85208321e-01> : tensor<2x3x4xf32>
    %19 = stablehlo.multiply %17, %10 : tensor<2x3x4xf32>
    %20 = stablehlo.add %19, %18 : tensor<2x3x4xf32>
    %21 = stablehlo.constant dense<1.12837911e+00> : tensor<2x3x4xf32>
    %22 = stablehlo.multiply %20, %10 : tensor<2x3x4xf32>
    %23 = stablehlo.add %22, %21 : tensor<2x3x4xf32>
    %24 = stablehlo.multiply %9, %23 : tensor<2x3x4xf32>
    %25 = stablehlo.constant dense<-1.17916031e-07> : tensor<2x3x4xf32>
    %26 = stablehlo.constant dense<2.35479656e-05> : tensor<2x3x4xf32>
    %27 = stablehlo.multiply %25, %10 : tensor<2x3x4xf32>
    %28 = stablehlo.add %27, %26 : tensor<2x3x4xf32>
    %29 = stablehlo.constant dense<1.01796258e-03> : tensor<2x3x4xf32>
    %30 = stablehlo.multiply %28, %10 : tensor<2x3x4xf32>
    %31 = stablehlo.add %30, %29 : tensor<2x3x4xf32>
    %32 = stablehlo.constant dense<1.40704699e-02> : tensor<2x3x4xf32>
    %33 = stablehlo.multiply %31, %10 : tensor<2x3x4xf32>
    %34 = stablehlo.add %33, %32 : tensor<2x3x4xf32>
    %35 = stablehlo.constant dense<1.10985048e-01> : tensor<2x3x4xf32>
    %36 = stablehlo.multiply %34, %10 : tensor<2x3x4xf32>
    %37 = stablehlo.add %36, %35 : tensor<2x3x4xf32>
    %38 = stablehlo.constant dense<4.97469246e-01> : tensor<2x3x4xf32>
    %39 = stablehlo.multiply %37, %10 : tensor<2x3x4xf32>
    %40 = stablehlo.add %39, %38 : tensor<2x3x4xf32>
    %41 = stablehlo.constant dense<1.00000000e+00> : tensor<2x3x4xf32>
    %42 = stablehlo.multiply %40, %10 : tensor<2x3x4xf32>
    %43 = stablehlo.add %42, %41 : tensor<2x3x4xf32>
    %44 = stablehlo.divide %24, %43 : tensor<2x3x4xf32>
    %45 = stablehlo.sign %5 : tensor<2x3x4xf32>
    %46 = stablehlo.compare EQ, %9, %5 : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xi1>
    %47 = stablehlo.select %46, %44, %45 : tensor<2x3x4xi1>, tensor<2x3x4xf32>
    %48 = stablehlo.constant dense<1.00000000e+00> : tensor<2x3x4xf32>
    %49 = stablehlo.add %47, %48 : tensor<2x3x4xf32>
    %50 = stablehlo.constant dense<5.00000000e-01> : tensor<2x3x4xf32>
    %51 = stablehlo.multiply %3, %50 : tensor<2x3x4xf32>
    %52 = stablehlo.multiply %51, %49 : tensor<2x3x4xf32>
    %53 = stablehlo.add %52, %0 : tensor<2x3x4xf32>
    %54 = stablehlo.constant dense<0.00000000e+00> : tensor<f32>
    %55 = stablehlo.reduce(%53 init: %54) applies stablehlo.add across dimensions = [2] : (tensor<2x3x4xf32>, tensor<f32>) -> tensor<2x3xf32>
    %56 = stablehlo.constant dense<2.50000000e-01> : tensor<2x3xf32>
    %57 = stablehlo.multiply %55, %56 : tensor<2x3xf32>
    %58 = stablehlo.broadcast_in_dim %57, dims = [0, 1] : (tensor<2x3xf32>) -> tensor<2x3x4xf32>
    %59 = stablehlo.subtract %53, %58 : tensor<2x3x4xf32>
    %60 = stablehlo.multiply %59, %59 : tensor<2x3x4xf32>
    %61 = stablehlo.constant dense<0.00000000e+00> : tensor<f32>
    %62 = stablehlo.reduce(%60 init: %61) applies stablehlo.add across dimensions = [2] : (tensor<2x3x4xf32>, tensor<f32>) -> tensor<2x3xf32>
    %63 = stablehlo.constant dense<2.50000000e-01> : tensor<2x3xf32>
    %64 = stablehlo.multiply %62, %63 : tensor<2x3xf32>
    %65 = stablehlo.constant dense<9.99999996e-13> : tensor<2x3xf32>
    %66 = stablehlo.add %64, %65 : tensor<2x3xf32>
    %67 = stablehlo.rsqrt %66 : tensor<2x3xf32>
    %68 = stablehlo.broadcast_in_dim %67, dims = [0, 1] : (tensor<2x3xf32>) -> tensor<2x3x4xf32>
    %69 = stablehlo.multiply %59, %68 : tensor<2x3x4xf32>
    %70 = stablehlo.broadcast_in_dim %arg4, dims = [2] : (tensor<4xf32>) -> tensor<2x3x4xf32>
    %71 = stablehlo.multiply %69, %70 : tensor<2x3x4xf32>
    %72 = stablehlo.broadcast_in_dim %arg4, dims = [2] : (tensor<4xf32>) -> tensor<2x3x4xf32>
    %73 = stablehlo.add %71, %72 : tensor<2x3x4xf32>
    %74 = stablehlo.reshape %73 : (tensor<2x3x4xf32>) -> tensor<2x3x2x2xf32>
    %75 = stablehlo.reshape %73 : (tensor<2x3x4xf32>) -> tensor<2x3x2x2xf32>
    %76 = stablehlo.dot_general %75, %74, batching_dims = [0, 2] x [0, 2], contracting_dims = [3] x [3], precision = [HIGHEST, HIGHEST] : (tensor<2x3x2x2xf32>, tensor<2x3x2x2xf32>) -> tensor<2x2x3x3xf32>
    %77 = stablehlo.constant dense<7.07106769e-01> : tensor<2x2x3x3xf32>
    %78 = stablehlo.multiply %76, %77 : tensor<2x2x3x3xf32>
    %79 = stablehlo.constant dense<0> : tensor<2x3xi64>
    %80 = stablehlo.compare NE, %arg1, %79 : (tensor<2x3xi64>, tensor<2x3xi64>) -> tensor<2x3xi1>
    %81 = stablehlo.broadcast_in_dim %80, dims = [0, 3] : (tensor<2x3xi1>) -> tensor<2x2x3x3xi1>
    %82 = stablehlo.constant dense<0xFF800000> : tensor<2x2x3x3xf32>
    %83 = stablehlo.select %81, %78, %82 : tensor<2x2x3x3xi1>, tensor<2x2x3x3xf32>
    %84 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %85 = stablehlo.reduce(%83 init: %84) applies stablehlo.maximum across dimensions = [3] : (tensor<2x2x3x3xf32>, tensor<f32>) -> tensor<2x2x3xf32>
    %86 = stablehlo.constant dense<-3.40282347e+38> : tensor<2x2x3xf32>
    %87 = stablehlo.maximum %85, %86 : tensor<2x2x3xf32>
    %88 = stablehlo.broadcast_in_dim %87, dims = [0, 1, 2] : (tensor<2x2x3xf32>) -> tensor<2x2x3x3xf32>
    %89 = stablehlo.subtract %83, %88 : tensor<2x2x3x3xf32>
    %90 = stablehlo.exponential %89 : tensor<2x2x3x3xf32>
    %91 = stablehlo.constant dense<0.00000000e+00> : tensor<f32>
    %92 = stablehlo.reduce(%90 init: %91) applies stablehlo.add across dimensions = [3] : (tensor<2x2x3x3xf32>, tensor<f32>) -> tensor<2x2x3xf32>
    %93 = stablehlo.constant dense<1.17549435e-38> : tensor<2x2x3xf32>
    %94 = stablehlo.maximum %92, %93 : tensor<2x2x3xf32>
    %95 = stablehlo.broadcast_in_dim %94, dims = [0, 1, 2] : (tensor<2x2x3xf32>) -> tensor<2x2x3x3xf32>
    %96 = stablehlo.divide %90, %95 : tensor<2x2x3x3xf32>
    %97 = stablehlo.reshape %73 : (tensor<2x3x4xf32>) -> tensor<2x3x2x2xf32>
    %98 = stablehlo.dot_general %96, %97, batching_dims = [0, 1] x [0, 2], contracting_dims = [3] x [1], precision = [HIGHEST, HIGHEST] : (tensor<2x2x3x3xf32>, tensor<2x3x2x2xf32>) -> tensor<2x2x3x2xf32>
    %99 = stablehlo.transpose %98, dims = [0, 2, 1, 3] : (tensor<2x2x3x2xf32>) -> tensor<2x3x2x2xf32>
    %100 = stablehlo.reshape %99 : (tensor<2x3x2x2xf32>) -> tensor<2x3x4xf32>
    return %100 : tensor<2x3x4xf32>
  }
}
