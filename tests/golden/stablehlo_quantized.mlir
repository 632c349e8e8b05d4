module @graph {
  func.func public @main(%arg0: tensor<2x4xf32>, %arg1: tensor<3x4xi8>, %arg2: tensor<3xf32>, %arg3: tensor<3xi32>, %arg4: tensor<3xf32>) -> (tensor<2x3xf32>) {
    %0 = stablehlo.constant dense<0.00000000e+00> : tensor<f32>
    %1 = stablehlo.reduce(%arg0 init: %0) applies stablehlo.minimum across dimensions = [0, 1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<f32>
    %2 = stablehlo.constant dense<0.00000000e+00> : tensor<f32>
    %3 = stablehlo.reduce(%arg0 init: %2) applies stablehlo.maximum across dimensions = [0, 1] : (tensor<2x4xf32>, tensor<f32>) -> tensor<f32>
    %4 = stablehlo.subtract %3, %1 : tensor<f32>
    %5 = stablehlo.constant dense<2.55000000e+02> : tensor<f32>
    %6 = stablehlo.divide %4, %5 : tensor<f32>
    %7 = stablehlo.constant dense<0.00000000e+00> : tensor<f32>
    %8 = stablehlo.constant dense<1.00000000e+00> : tensor<f32>
    %9 = stablehlo.compare EQ, %6, %7 : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %10 = stablehlo.select %9, %8, %6 : tensor<i1>, tensor<f32>
    %11 = stablehlo.negate %1 : tensor<f32>
    %12 = stablehlo.divide %11, %10 : tensor<f32>
    %13 = stablehlo.round_nearest_even %12 : tensor<f32>
    %14 = stablehlo.broadcast_in_dim %10, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %15 = stablehlo.divide %arg0, %14 : tensor<2x4xf32>
    %16 = stablehlo.round_nearest_even %15 : tensor<2x4xf32>
    %17 = stablehlo.broadcast_in_dim %13, dims = [] : (tensor<f32>) -> tensor<2x4xf32>
    %18 = stablehlo.add %16, %17 : tensor<2x4xf32>
    %19 = stablehlo.constant dense<0.00000000e+00> : tensor<2x4xf32>
    %20 = stablehlo.maximum %18, %19 : tensor<2x4xf32>
    %21 = stablehlo.constant dense<2.55000000e+02> : tensor<2x4xf32>
    %22 = stablehlo.minimum %20, %21 : tensor<2x4xf32>
    %23 = stablehlo.constant dense<1.28000000e+02> : tensor<2x4xf32>
    %24 = stablehlo.subtract %22, %23 : tensor<2x4xf32>
    %25 = stablehlo.convert %24 : (tensor<2x4xf32>) -> tensor<2x4xi8>
    %26 = stablehlo.dot_general %25, %arg1, contracting_dims = [1] x [1], precision = [DEFAULT, DEFAULT] : (tensor<2x4xi8>, tensor<3x4xi8>) -> tensor<2x3xi32>
    %27 = stablehlo.constant dense<1.28000000e+02> : tensor<f32>
    %28 = stablehlo.subtract %13, %27 : tensor<f32>
    %29 = stablehlo.convert %28 : (tensor<f32>) -> tensor<i32>
    %30 = stablehlo.broadcast_in_dim %29, dims = [] : (tensor<i32>) -> tensor<3xi32>
    %31 = stablehlo.multiply %arg3, %30 : tensor<3xi32>
    %32 = stablehlo.broadcast_in_dim %31, dims = [1] : (tensor<3xi32>) -> tensor<2x3xi32>
    %33 = stablehlo.subtract %26, %32 : tensor<2x3xi32>
    %34 = stablehlo.convert %33 : (tensor<2x3xi32>) -> tensor<2x3xf32>
    %35 = stablehlo.broadcast_in_dim %10, dims = [] : (tensor<f32>) -> tensor<3xf32>
    %36 = stablehlo.multiply %arg2, %35 : tensor<3xf32>
    %37 = stablehlo.broadcast_in_dim %36, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
    %38 = stablehlo.multiply %34, %37 : tensor<2x3xf32>
    %39 = stablehlo.broadcast_in_dim %arg4, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
    %40 = stablehlo.add %38, %39 : tensor<2x3xf32>
    return %40 : tensor<2x3xf32>
  }
}
