// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#define CONFORMANCE_GROUP "identity and COM"

#include "rig.h"
#include "watch.h"

namespace gnomon::conformance {
namespace {

using GetClassObject = HRESULT(WINAPI*)(REFCLSID, REFIID, void**);
using CanUnloadNow = HRESULT(WINAPI*)();

/** The provider's DLL, loaded for its exports. */
class Library {
 public:
  explicit Library(const Rig& rig) {
    std::wstring path = rig.options().dll.empty() ? registeredServer(rig.options().clsid) : rig.options().dll;
    if (path.empty()) throw NotVerifiable{"the class has no in-process server; name its DLL with --dll PATH"};
    module_ = LoadLibraryW(path.c_str());
    if (module_ == nullptr) fail("LoadLibrary of '" + utf8(path) + "'", "a module", "error " + std::to_string(GetLastError()));
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() { FreeLibrary(module_); }

  template <typename F>
  F function(const char* name) const {
    auto* address = reinterpret_cast<void*>(GetProcAddress(module_, name));
    if (address == nullptr) fail(std::string("export ") + name, "present", "missing");
    return reinterpret_cast<F>(address);
  }

 private:
  HMODULE module_;
};

void expectNoInterface(const Com<IUnknown>& object, REFIID iid, const char* name) {
  void* out = &out;
  expectHr(std::string("QueryInterface(") + name + ")", E_NOINTERFACE, object->QueryInterface(iid, &out));
  check(std::string("out pointer of QueryInterface(") + name + ") is NULL", out == nullptr);
}

/** An outer object that nobody may aggregate into. */
class Outer : public IUnknown {
 public:
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID, void** out) override {
    *out = nullptr;
    return E_NOINTERFACE;
  }
  ULONG STDMETHODCALLTYPE AddRef() override { return 2; }
  ULONG STDMETHODCALLTYPE Release() override { return 1; }
  virtual ~Outer() = default;
};

}  // namespace

ASSERTION(1, "QueryInterface gives the interfaces of a software provider") {
  Com<IUnknown> object = rig.activateUnknown();
  const struct {
    IID iid;
    const char* name;
  } interfaces[] = {{__uuidof(IUnknown), "IUnknown"},
                    {__uuidof(IVssSoftwareSnapshotProvider), "IVssSoftwareSnapshotProvider"},
                    {__uuidof(IVssProviderCreateSnapshotSet), "IVssProviderCreateSnapshotSet"},
                    {__uuidof(IVssProviderNotifications), "IVssProviderNotifications"}};
  for (const auto& interface_ : interfaces) {
    Com<IUnknown> out;
    expectHr(std::string("QueryInterface(") + interface_.name + ")", S_OK, object->QueryInterface(interface_.iid, out.putVoid()));
    check(std::string(interface_.name) + " is not NULL", static_cast<bool>(out));
  }
}

ASSERTION(2, "IUnknown is the same through every interface") {
  Provider provider = rig.activate();
  Com<IUnknown> first, second, third;
  expectHr("QueryInterface(IUnknown)", S_OK, provider.software()->QueryInterface(__uuidof(IUnknown), first.putVoid()));
  expectHr("QueryInterface(IUnknown)", S_OK, provider.creation()->QueryInterface(__uuidof(IUnknown), second.putVoid()));
  expectHr("QueryInterface(IUnknown)", S_OK, provider.notifications()->QueryInterface(__uuidof(IUnknown), third.putVoid()));
  check("IUnknown of IVssProviderCreateSnapshotSet is that of IVssSoftwareSnapshotProvider", first.get() == second.get());
  check("IUnknown of IVssProviderNotifications is that of IVssSoftwareSnapshotProvider", first.get() == third.get());
}

ASSERTION(3, "interfaces of other kinds of provider are refused") {
  Com<IUnknown> object = rig.activateUnknown();
  expectNoInterface(object, __uuidof(IVssHardwareSnapshotProvider), "IVssHardwareSnapshotProvider");
  expectNoInterface(object, __uuidof(IVssHardwareSnapshotProviderEx), "IVssHardwareSnapshotProviderEx");
  expectNoInterface(object, __uuidof(IVssFileShareSnapshotProvider), "IVssFileShareSnapshotProvider");
}

ASSERTION(4, "the class cannot be aggregated") {
  Library library(rig);
  Com<IClassFactory> factory;
  expectHr("DllGetClassObject", S_OK,
           library.function<GetClassObject>("DllGetClassObject")(rig.options().clsid, IID_IClassFactory, factory.putVoid()));
  Outer outer;
  void* out = &out;
  expectHr("CreateInstance with an outer object", CLASS_E_NOAGGREGATION,
           factory->CreateInstance(&outer, __uuidof(IUnknown), &out));
  check("out pointer of CreateInstance is NULL", out == nullptr);
}

ASSERTION(5, "DllGetClassObject knows one class") {
  Library library(rig);
  void* out = &out;
  expectHr("DllGetClassObject of a foreign class", CLASS_E_CLASSNOTAVAILABLE,
           library.function<GetClassObject>("DllGetClassObject")(newId(), IID_IClassFactory, &out));
  check("out pointer of DllGetClassObject is NULL", out == nullptr);
}

ASSERTION(6, "the DLL can be unloaded when its last object is gone, and not before") {
  Library library(rig);
  auto canUnload = library.function<CanUnloadNow>("DllCanUnloadNow");
  // The classes of COM itself may keep the factory for a moment after the last object was released.
  if (!eventually(2000, [&] { return canUnload() == S_OK; })) fail("DllCanUnloadNow without objects", "S_OK", textOfHr(canUnload()));
  if (rig.options().local) {
    leaveOpen("objects of the DLL live in another process");
    return;
  }
  Com<IVssEnumObject> enumerator;
  {
    Provider provider = rig.activate();
    expectHr("Query", S_OK, provider.query(GUID_NULL, VSS_OBJECT_NONE, VSS_OBJECT_SNAPSHOT, &enumerator));
  }
  expectHr("DllCanUnloadNow with one enumerator", S_FALSE, canUnload());
  enumerator.reset();
  if (!eventually(2000, [&] { return canUnload() == S_OK; })) {
    fail("DllCanUnloadNow after the last Release", "S_OK", textOfHr(canUnload()));
  }
}

ASSERTION(7, "structures have the sizes of the contract") {
  if (sizeof(void*) == 8) {
    expectEqual("sizeof(VSS_SNAPSHOT_PROP)", size_t{128}, sizeof(VSS_SNAPSHOT_PROP));
    expectEqual("sizeof(VSS_OBJECT_PROP)", size_t{136}, sizeof(VSS_OBJECT_PROP));
    expectEqual("sizeof(VSS_PROVIDER_PROP)", size_t{72}, sizeof(VSS_PROVIDER_PROP));
  } else {
    expectEqual("sizeof(VSS_SNAPSHOT_PROP)", size_t{96}, sizeof(VSS_SNAPSHOT_PROP));
    expectEqual("sizeof(VSS_OBJECT_PROP)", size_t{104}, sizeof(VSS_OBJECT_PROP));
    expectEqual("sizeof(VSS_PROVIDER_PROP)", size_t{60}, sizeof(VSS_PROVIDER_PROP));
  }
}

}  // namespace gnomon::conformance
