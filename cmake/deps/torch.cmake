# libtorch for the CPU, from the wheel: target medbench_torch. libtorch.so and libtorch_cuda.so need all of CUDA and are left
# out; libtorch_cpu.so alone needs the two small CUDA libraries that come with it here, and finds them by its own run path.
set(torch_dir "${MEDBENCH_DEPS_DIR}/torch")
set(torch_lib "${torch_dir}/torch/lib")
set(torch_cuda_lib "${torch_dir}/nvidia/cu13/lib")
medbench_wheel_library(torch_cpu "${torch_lib}/libtorch_cpu.so")
medbench_wheel_library(torch_c10 "${torch_lib}/libc10.so")
add_library(medbench_torch INTERFACE)
add_dependencies(medbench_torch wheels)
# After all other folders: the wheel carries an fmt of its own that must not shadow the distribution's.
target_compile_options(medbench_torch INTERFACE "SHELL:-idirafter ${torch_dir}/torch/include")
# Only the CPU library: as needed, so that nothing but what is used is recorded.
target_link_libraries(medbench_torch INTERFACE torch_cpu torch_c10)
target_link_options(medbench_torch INTERFACE
  "-Wl,-rpath-link,${torch_lib}" "-Wl,-rpath-link,${torch_cuda_lib}")

# For the module that uses libtorch's CUDA library: headers alone, since that library is found at run time.
# They lie apart from the libraries, all of which are installed.
add_library(medbench_torch_cuda_headers INTERFACE)
add_dependencies(medbench_torch_cuda_headers wheels)
target_compile_options(medbench_torch_cuda_headers INTERFACE
  "SHELL:-idirafter ${torch_dir}/torch/include" "SHELL:-isystem ${MEDBENCH_DEPS_DIR}/cuda-headers/nvidia/cu13/include")

# The installed worker finds its libraries below lib/medbench/torch, in the same layout.
install(DIRECTORY "${torch_dir}/torch/lib" DESTINATION lib/medbench/torch/torch)
install(DIRECTORY "${torch_dir}/nvidia/cu13/lib" DESTINATION lib/medbench/torch/nvidia/cu13)
set(MEDBENCH_TORCH_INSTALL_DIR "lib/medbench/torch/torch/lib")
medbench_wheel_version(torch torch_version)
medbench_wheel_version(nvidia-cuda-runtime cuda_runtime_version)
medbench_wheel_version(nvidia-cuda-cupti cuda_cupti_version)
medbench_install_licenses(torch "${torch_dir}/torch-${torch_version}.dist-info/licenses/LICENSE"
  "${torch_dir}/torch-${torch_version}.dist-info/licenses/NOTICE")
medbench_install_licenses(nvidia-cuda-runtime "${torch_dir}/nvidia_cuda_runtime-${cuda_runtime_version}.dist-info/licenses/License.txt")
medbench_install_licenses(nvidia-cuda-cupti "${torch_dir}/nvidia_cuda_cupti-${cuda_cupti_version}.dist-info/licenses/License.txt")
