// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Windows, COM and VSS headers in the order they need, their warnings fenced off.
#pragma once

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
#elif defined(_MSC_VER)
#pragma warning(push, 0)
#endif

// clang-format off
#include <winsock2.h>
#include <windows.h>
#include <ole2.h>
#include <oleauto.h>
#include <vss.h>
#include <vsprov.h>
#include <vsserror.h>
// clang-format on

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#elif defined(_MSC_VER)
#pragma warning(pop)
#endif

static_assert(sizeof(wchar_t) == 2, "UTF-16 wide characters");
// Contract 4.1 and 4.3: what the marshaller of VSS expects, for both word sizes.
static_assert(sizeof(VSS_SNAPSHOT_PROP) == (sizeof(void*) == 8 ? 128 : 96), "VSS_SNAPSHOT_PROP");
static_assert(sizeof(VSS_OBJECT_PROP) == (sizeof(void*) == 8 ? 136 : 104), "VSS_OBJECT_PROP");
static_assert(sizeof(VSS_PROVIDER_PROP) == (sizeof(void*) == 8 ? 72 : 60), "VSS_PROVIDER_PROP");
static_assert(sizeof(VARIANT) == (sizeof(void*) == 8 ? 24 : 16), "VARIANT");
