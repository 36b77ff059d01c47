// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "surrogate.h"

#include "kit.h"

namespace gnomon::conformance {

void serveClass(const CLSID& clsid) {
  Com<IUnknown> factory;
  expectHr("CoGetClassObject in process", S_OK,
           CoGetClassObject(clsid, CLSCTX_INPROC_SERVER, nullptr, __uuidof(IUnknown), factory.putVoid()));
  DWORD cookie = 0;
  expectHr("CoRegisterClassObject", S_OK,
           CoRegisterClassObject(clsid, factory.get(), CLSCTX_LOCAL_SERVER, REGCLS_MULTIPLEUSE, &cookie));
  for (;;) Sleep(INFINITE);
}

}  // namespace gnomon::conformance
