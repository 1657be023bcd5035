# The pages of ops/dashboard in the program: npm builds them, each file is packed, and the assembler
# takes the bytes as they are. Called as a script it writes the table and the assembly (OUT).
if(CMAKE_SCRIPT_MODE_FILE)
  set(types "html=text/html\; charset=utf-8" "js=text/javascript\; charset=utf-8"
    "css=text/css\; charset=utf-8" "svg=image/svg+xml" "png=image/png" "woff2=font/woff2")
  file(GLOB files RELATIVE ${DIST} ${DIST}/*)
  list(FILTER files EXCLUDE REGEX "\\.gz$")
  set(table "")
  set(assembly "  .section .rodata\n")
  set(number 0)
  foreach(name ${files})
    execute_process(COMMAND gzip -9nkf ${DIST}/${name} COMMAND_ERROR_IS_FATAL ANY)
    file(SHA256 ${DIST}/${name} hash)
    string(SUBSTRING ${hash} 0 16 tag)
    string(REGEX REPLACE ".*\\." "" ending ${name})
    set(type "application/octet-stream")
    foreach(row IN LISTS types)
      if(row MATCHES "^${ending}=(.*)$")
        set(type "${CMAKE_MATCH_1}")
      endif()
    endforeach()
    string(APPEND table "ASSET(${number}, \"/${name}\", \"${type}\", \"\\\"${tag}\\\"\")\n")
    string(APPEND assembly "  .global xianjie_asset_${number}\n  .global xianjie_asset_${number}_end\n"
      "xianjie_asset_${number}:\n  .incbin \"${DIST}/${name}.gz\"\nxianjie_asset_${number}_end:\n")
    math(EXPR number "${number} + 1")
  endforeach()
  string(APPEND assembly "  .section .note.GNU-stack,\"\",%progbits\n")
  file(WRITE ${OUT}/assets.inc "${table}")
  file(WRITE ${OUT}/assets.S "${assembly}")
  return()
endif()

find_program(NPM npm REQUIRED)
set(dashboard ${CMAKE_SOURCE_DIR}/ops/dashboard)
set(packed ${CMAKE_CURRENT_BINARY_DIR}/dashboard)
file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${dashboard}/src/*)
add_custom_command(OUTPUT ${packed}/assets.S ${packed}/assets.inc
  COMMAND ${NPM} ci --no-audit --no-fund --loglevel=error
  COMMAND ${NPM} run --silent build -- ${packed}/dist
  COMMAND ${CMAKE_COMMAND} -DDIST=${packed}/dist -DOUT=${packed}
    -P ${CMAKE_CURRENT_SOURCE_DIR}/web/assets.cmake
  WORKING_DIRECTORY ${dashboard}
  DEPENDS ${sources} ${dashboard}/package-lock.json ${dashboard}/build.mjs web/assets.cmake
  COMMENT "Building the dashboard's pages" VERBATIM)
enable_language(ASM)
add_library(xianjie_pages STATIC ${packed}/assets.S web/pages/assets.cc)
set_source_files_properties(web/pages/assets.cc PROPERTIES OBJECT_DEPENDS ${packed}/assets.inc)
target_include_directories(xianjie_pages PRIVATE ${packed})
target_link_libraries(xianjie_pages PUBLIC xianjie_options xianjie_schemas)
