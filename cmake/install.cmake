# What an installation holds beside programs and runtimes, so that it moves freely, also to a machine without internet: the
# distribution's libraries that the programs need, documentation, texts, and the licences of all that it carries.
set(MEDBENCH_SYSTEM_LIBRARIES_DIR "lib/medbench/system")
set(MEDBENCH_LICENSES_DIR "share/medbench/licenses")

# medbench_install_program(target folder [library folder ...]): a program that finds the libraries in these folders of the
# installation.
function(medbench_install_program target folder)
  file(RELATIVE_PATH root "/${folder}" "/")
  list(TRANSFORM ARGN PREPEND "$ORIGIN/${root}" OUTPUT_VARIABLE own)
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "${own};$ORIGIN/${root}${MEDBENCH_SYSTEM_LIBRARIES_DIR}")
  install(TARGETS ${target} RUNTIME_DEPENDENCY_SET medbench_system_libraries RUNTIME DESTINATION "${folder}")
endfunction()

# medbench_install_licenses(NAME file ...), each under its own name below a folder NAME.
function(medbench_install_licenses name)
  install(FILES ${ARGN} DESTINATION "${MEDBENCH_LICENSES_DIR}/${name}")
endfunction()

# After all programs: whatever they need of the distribution but the C and C++ libraries, which every system has.
function(medbench_install_rest)
  install(RUNTIME_DEPENDENCY_SET medbench_system_libraries
    PRE_EXCLUDE_REGEXES "^ld-linux" "^lib(c|m|dl|rt|util|pthread|stdc\\+\\+|gcc_s)\\.so" "^lib(torch|c10|openvino)"
    DESTINATION "${MEDBENCH_SYSTEM_LIBRARIES_DIR}")
  # Where programs look for it, in a build as well.
  file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/share/medbench")
  file(CREATE_LINK "${CMAKE_SOURCE_DIR}/datasets" "${CMAKE_BINARY_DIR}/share/medbench/datasets" SYMBOLIC)
  install(DIRECTORY "${CMAKE_SOURCE_DIR}/docs" "${CMAKE_SOURCE_DIR}/datasets" DESTINATION share/medbench)
  install(FILES "${CMAKE_SOURCE_DIR}/README.md" "${CMAKE_SOURCE_DIR}/CHANGELOG.md" DESTINATION share/medbench)
  medbench_install_licenses(medbench "${CMAKE_SOURCE_DIR}/LICENSE")
  foreach(package IN ITEMS libcli11-dev libfmt-dev libprotobuf-dev libssl-dev libutf8proc-dev libxxhash-dev nlohmann-json3-dev zlib1g-dev)
    install(FILES "/usr/share/doc/${package}/copyright" DESTINATION "${MEDBENCH_LICENSES_DIR}/${package}" OPTIONAL)
  endforeach()

  # One archive, named by version, system and processor.
  set(name "medbench-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR}")
  add_custom_target(bundle
    COMMAND "${CMAKE_COMMAND}" -E rm -rf "${CMAKE_BINARY_DIR}/bundle"
    COMMAND "${CMAKE_COMMAND}" --install "${CMAKE_BINARY_DIR}" --strip --prefix "${CMAKE_BINARY_DIR}/bundle/${name}"
    COMMAND "${CMAKE_COMMAND}" -E chdir "${CMAKE_BINARY_DIR}/bundle" tar -czf "${name}.tar.gz" "${name}"
    COMMAND "${CMAKE_COMMAND}" -E echo "${CMAKE_BINARY_DIR}/bundle/${name}.tar.gz"
    VERBATIM COMMENT "Packing what is installed into one archive")
endfunction()
