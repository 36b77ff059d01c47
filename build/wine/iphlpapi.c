/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What Wine 8's iphlpapi.dll lacks and a JVM needs: net.dll asks for the anycast addresses as soon as it lists network
 * interfaces, which SecureRandom does for its seed. There are none. An error instead of an empty table would fail the list.
 * All other names of the library are forwarded to Wine's own; see the script "prefix".
 */
#include <windows.h>

/* The table begins with the count of its entries. FreeMibTable, forwarded to Wine's, frees from the process heap. */
__declspec(dllexport) DWORD WINAPI GetAnycastIpAddressTable(USHORT family, void **table) {
    (void)family;
    *table = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 64);
    return *table == NULL ? ERROR_NOT_ENOUGH_MEMORY : NO_ERROR;
}
