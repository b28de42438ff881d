# `find_package(pixfuse)`: the targets `pixfuse::pixfuse`, the shared library, and `pixfuse::static`. A prefix may be moved,
# so every path is relative to this file.
if(TARGET pixfuse::pixfuse)
  return()
endif()

get_filename_component(_pixfuse_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

add_library(pixfuse::pixfuse SHARED IMPORTED)
add_library(pixfuse::static STATIC IMPORTED)
set_target_properties(pixfuse::pixfuse pixfuse::static PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES "${_pixfuse_prefix}/include")
set_target_properties(pixfuse::pixfuse PROPERTIES IMPORTED_LOCATION "${_pixfuse_prefix}/@SHARED@")
set_target_properties(pixfuse::static PROPERTIES
  IMPORTED_LOCATION "${_pixfuse_prefix}/lib/@STATIC@"
  INTERFACE_LINK_LIBRARIES "@PRIVATE@")
if(WIN32)
  set_target_properties(pixfuse::pixfuse PROPERTIES IMPORTED_IMPLIB "${_pixfuse_prefix}/lib/@IMPORT@")
elseif(NOT APPLE)
  # Programs then look for its name, and not for the path that it had where they were linked.
  set_target_properties(pixfuse::pixfuse PROPERTIES IMPORTED_NO_SONAME TRUE)
endif()
unset(_pixfuse_prefix)
