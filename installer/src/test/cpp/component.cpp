// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// InstallComponent. COM+ learns the classes of a DLL from its type library, has the DLL register itself, and notes itself in the class keys.
#include "comadmin_codes.h"
#include "store.h"

namespace gnomon::doubles {

namespace {

struct ModuleTraits {
    using Value = HMODULE;
    static Value none() noexcept { return nullptr; }
    static void close(Value value) noexcept { FreeLibrary(value); }
};
using Module = Owner<ModuleTraits>;

bool isFullPath(const std::wstring& path) { return path.size() > 3 && path[1] == L':' && (path[2] == L'\\' || path[2] == L'/'); }

/** The classes that a type library names. */
std::vector<GUID> classesOf(ITypeLib& library) {
    std::vector<GUID> classes;
    for (UINT index = 0; index < library.GetTypeInfoCount(); ++index) {
        TYPEKIND kind = TKIND_MAX;
        ComPtr<ITypeInfo> info;
        TYPEATTR* attributes = nullptr;
        if (FAILED(library.GetTypeInfoType(index, &kind)) || kind != TKIND_COCLASS) continue;
        if (FAILED(library.GetTypeInfo(index, info.put())) || FAILED(info->GetTypeAttr(&attributes))) continue;
        classes.push_back(attributes->guid);
        info->ReleaseTypeAttr(attributes);
    }
    return classes;
}

bool isInstalled(const std::wstring& classId) {
    for (const std::wstring& application : registry::children(kApplications)) {
        if (registry::exists(store::pathOf(application) + L"\\Components\\" + classId)) return true;
    }
    return false;
}

template <class Function>
Function entry(const Module& module, const char* name) {
    return reinterpret_cast<Function>(reinterpret_cast<void*>(GetProcAddress(module.get(), name)));
}

HRESULT registerItself(Session& session, const Module& module, const std::wstring& dll) {
    const auto run = entry<HRESULT(STDAPICALLTYPE*)()>(module, "DllRegisterServer");
    if (run == nullptr) return session.fail(dll, codeOf(COMAdminErrCompFileNoRegistrar));
    const HRESULT result = run();
    wchar_t code[16];
    std::swprintf(code, 16, L"0x%08lX", static_cast<unsigned long>(result));
    return SUCCEEDED(result) ? S_OK : session.fail(dll, codeOf(COMAdminErrDllRegisterServer), L"DllRegisterServer", code);
}

HRESULT checkClass(Session& session, const Module& module, const std::wstring& dll, const GUID& classId) {
    const std::wstring id = guidWithBraces(classId);
    const auto server = registry::text(store::classKey(id) + L"\\InprocServer32", nullptr);
    if (!server || !same(*server, dll)) return session.fail(dll, codeOf(COMAdminErrNoRegistryCLSID), id);
    const auto get = entry<HRESULT(STDAPICALLTYPE*)(REFCLSID, REFIID, void**)>(module, "DllGetClassObject");
    ComPtr<IClassFactory> factory;
    if (get == nullptr || FAILED(get(classId, __uuidof(IClassFactory), factory.putVoid()))) {
        return session.fail(dll, codeOf(COMAdminErrCompFileGetClassObj), id);
    }
    return S_OK;
}

void note(const std::wstring& application, const std::wstring& dll, const GUID& classId) {
    const std::wstring id = guidWithBraces(classId);
    const CollectionSchema& schema = schemaOf(Collection::Components);
    Values values = defaultsOf(schema);
    values[L"ApplicationID"].text = application;
    values[L"CLSID"].text = id;
    values[L"DLL"].text = dll;
    values[L"ProgID"].text = registry::text(store::classKey(id) + L"\\ProgID", nullptr).value_or(L"");
    store::save(store::pathOf(application) + L"\\Components\\" + id, schema, values);
    wchar_t system[MAX_PATH] = {};
    GetSystemDirectoryW(system, MAX_PATH);
    registry::setText(store::classKey(id), L"AppID", application);
    registry::setText(store::classKey(id) + L"\\LocalServer32", nullptr, std::wstring(system) + L"\\dllhost.exe /ProcessID:" + application);
}

/** Loads and registers the type library, as COM+ does; whoever uninstalls deletes its keys. */
HRESULT openLibrary(Session& session, const std::wstring& dll, const std::wstring& path, REGKIND kind, ComPtr<ITypeLib>& library) {
    if (SUCCEEDED(LoadTypeLibEx((path.empty() ? dll : path).c_str(), kind, library.put()))) return S_OK;
    if (kind == REGKIND_REGISTER) return session.fail(dll, codeOf(COMAdminErrRegisterTLB));
    return session.fail(dll, path.empty() ? codeOf(COMAdminErrCompFileNotInstallable) : codeOf(COMAdminErrCompFileBadTLB), path);
}

}  // namespace

HRESULT installComponent(Session& session, const std::wstring& application, const std::wstring& dll, const std::wstring& library,
                         const std::wstring& proxy) {
    if (!proxy.empty()) return E_NOTIMPL;
    if (!isFullPath(dll) || (!library.empty() && !isFullPath(library))) return session.fail(dll, codeOf(COMAdminErrBadPath), library);
    if (GetFileAttributesW(dll.c_str()) == INVALID_FILE_ATTRIBUTES) return session.fail(dll, codeOf(COMAdminErrCompFileDoesNotExist));
    ComPtr<ITypeLib> types;
    HRESULT result = openLibrary(session, dll, library, REGKIND_NONE, types);
    if (FAILED(result)) return result;
    const std::vector<GUID> classes = classesOf(*types.get());
    if (classes.empty()) return session.fail(dll, codeOf(COMAdminErrCompFileNotInstallable));
    for (const GUID& classId : classes) {
        if (isInstalled(guidWithBraces(classId))) return session.fail(dll, codeOf(COMAdminErrAlreadyInstalled), guidWithBraces(classId));
    }
    const Module module(LoadLibraryExW(dll.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH));
    if (!module) return session.fail(dll, codeOf(COMAdminErrCompFileLoadDLLFail));
    result = registerItself(session, module, dll);
    for (const GUID& classId : classes) {
        if (SUCCEEDED(result)) result = checkClass(session, module, dll, classId);
    }
    if (SUCCEEDED(result)) result = openLibrary(session, dll, library, REGKIND_REGISTER, types);
    if (FAILED(result)) return result;
    for (const GUID& classId : classes) note(application, dll, classId);
    return S_OK;
}

}  // namespace gnomon::doubles
