# cmake -DPLANTED=NAME.cmake -DSOURCE=FOLDER -DTO=FILE -P plant.cmake: a copy of the file that NAME.cmake names, with its
# changes. It fails if the text of one is not there, or not once.
function(change find replace)
  file(READ "${SOURCE}/${file}" whole)
  if(DEFINED CACHE{planted})
    set(whole "$CACHE{planted}")
  endif()
  string(FIND "${whole}" "${find}" first)
  string(FIND "${whole}" "${find}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "${PLANTED}: what it changes is not in ${file}, or more than once:\n${find}")
  endif()
  string(REPLACE "${find}" "${replace}" whole "${whole}")
  set(planted "${whole}" CACHE INTERNAL "")
endfunction()

include("${PLANTED}")
file(WRITE "${TO}" "$CACHE{planted}")
