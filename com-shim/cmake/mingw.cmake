# What both toolchain files share: the names of Debian's mingw-w64 with POSIX threads (the other variant has no std::mutex).
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_C_COMPILER ${GNOMON_TRIPLE}-gcc-posix)
set(CMAKE_CXX_COMPILER ${GNOMON_TRIPLE}-g++-posix)
set(CMAKE_RC_COMPILER ${GNOMON_TRIPLE}-windres)
set(CMAKE_FIND_ROOT_PATH /usr/${GNOMON_TRIPLE})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
