/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers of system calls: those that this machine or its C library's headers do not have
 * are TRACE_NO_CALL.
 */
#ifndef MKROOTFS_TRACE_NUMBERS_H
#define MKROOTFS_TRACE_NUMBERS_H

#include <sys/syscall.h>

#define TRACE_NO_CALL UINT32_MAX

/* The same on all machines (from 424 on). */
/* NOLINTBEGIN(bugprone-reserved-identifier): the names are the kernel's */
#ifndef __NR_io_uring_setup
#define __NR_io_uring_setup 425
#endif
#ifndef __NR_pidfd_open
#define __NR_pidfd_open 434
#endif
#ifndef __NR_openat2
#define __NR_openat2 437
#endif
#ifndef __NR_faccessat2
#define __NR_faccessat2 439
#endif
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif
#ifndef __NR_clone3
#define __NR_clone3 435
#endif

/* Not everywhere. */
#ifndef __NR_access
#define __NR_access TRACE_NO_CALL
#endif
#ifndef __NR_bind
#define __NR_bind TRACE_NO_CALL
#endif
#ifndef __NR_chmod
#define __NR_chmod TRACE_NO_CALL
#endif
#ifndef __NR_chown
#define __NR_chown TRACE_NO_CALL
#endif
#ifndef __NR_chown32
#define __NR_chown32 TRACE_NO_CALL
#endif
#ifndef __NR_connect
#define __NR_connect TRACE_NO_CALL
#endif
#ifndef __NR_creat
#define __NR_creat TRACE_NO_CALL
#endif
#ifndef __NR_execveat
#define __NR_execveat TRACE_NO_CALL
#endif
#ifndef __NR_fcntl64
#define __NR_fcntl64 TRACE_NO_CALL
#endif
#ifndef __NR_fstatat64
#define __NR_fstatat64 TRACE_NO_CALL
#endif
#ifndef __NR_lchown
#define __NR_lchown TRACE_NO_CALL
#endif
#ifndef __NR_lchown32
#define __NR_lchown32 TRACE_NO_CALL
#endif
#ifndef __NR_link
#define __NR_link TRACE_NO_CALL
#endif
#ifndef __NR_lstat
#define __NR_lstat TRACE_NO_CALL
#endif
#ifndef __NR_lstat64
#define __NR_lstat64 TRACE_NO_CALL
#endif
#ifndef __NR_mkdir
#define __NR_mkdir TRACE_NO_CALL
#endif
#ifndef __NR_mknod
#define __NR_mknod TRACE_NO_CALL
#endif
#ifndef __NR_newfstatat
#define __NR_newfstatat TRACE_NO_CALL
#endif
#ifndef __NR_oldlstat
#define __NR_oldlstat TRACE_NO_CALL
#endif
#ifndef __NR_oldstat
#define __NR_oldstat TRACE_NO_CALL
#endif
#ifndef __NR_open
#define __NR_open TRACE_NO_CALL
#endif
#ifndef __NR_readlink
#define __NR_readlink TRACE_NO_CALL
#endif
#ifndef __NR_rename
#define __NR_rename TRACE_NO_CALL
#endif
#ifndef __NR_renameat
#define __NR_renameat TRACE_NO_CALL
#endif
#ifndef __NR_renameat2
#define __NR_renameat2 TRACE_NO_CALL
#endif
#ifndef __NR_rmdir
#define __NR_rmdir TRACE_NO_CALL
#endif
#ifndef __NR_stat
#define __NR_stat TRACE_NO_CALL
#endif
#ifndef __NR_stat64
#define __NR_stat64 TRACE_NO_CALL
#endif
#ifndef __NR_statfs64
#define __NR_statfs64 TRACE_NO_CALL
#endif
#ifndef __NR_statx
#define __NR_statx TRACE_NO_CALL
#endif
#ifndef __NR_symlink
#define __NR_symlink TRACE_NO_CALL
#endif
#ifndef __NR_truncate64
#define __NR_truncate64 TRACE_NO_CALL
#endif
#ifndef __NR_unlink
#define __NR_unlink TRACE_NO_CALL
#endif

/* NOLINTEND(bugprone-reserved-identifier) */

#endif
