// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The COM+ catalog as all processes see it: the tree of keys below HKLM\SOFTWARE\GnomonTest\ComPlus.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "registry.h"
#include "schema.h"

namespace gnomon::doubles {

/** One line of the ErrorInfo collection. */
struct ErrorLine {
    std::wstring name;
    HRESULT code;
    std::wstring major;
    std::wstring minor;
};

/** What all objects that came from one catalog share: the errors of its last failed call. */
struct Session {
    std::vector<ErrorLine> errors;

    /** Notes one error and returns the code that points to ErrorInfo. */
    HRESULT fail(const std::wstring& name, HRESULT code, const std::wstring& major = L"", const std::wstring& minor = L"");
};

inline const std::wstring kApplications = std::wstring(kTestKey) + L"\\ComPlus\\Applications";
inline const std::wstring kClasses = L"SOFTWARE\\Classes";

namespace store {

/** The name of an object's key: what a registry key cannot hold is written as %5C. */
std::wstring encoded(const std::wstring& key);

Values load(const std::wstring& path, const CollectionSchema& schema);
void save(const std::wstring& path, const CollectionSchema& schema, const Values& values);

/** The id of a saved application, given by id or by name; throws Failure{COMAdminErrObjectDoesNotExist}. */
std::wstring application(const wchar_t* idOrName);
inline std::wstring pathOf(const std::wstring& application) { return kApplications + L"\\" + application; }
inline std::wstring appIdKey(const std::wstring& application) { return kClasses + L"\\AppID\\" + application; }
inline std::wstring classKey(const std::wstring& classId) { return kClasses + L"\\CLSID\\" + classId; }

/** What saving a new application, and removing one or a component of it, does outside the catalog. */
void applicationSaved(const std::wstring& application, const Values& values);
void applicationRemoved(const std::wstring& application);
void componentRemoved(const std::wstring& application, const std::wstring& classId);

}  // namespace store

/** Installs the classes of a DLL into a saved application; contract 6.4, step 10. */
HRESULT installComponent(Session& session, const std::wstring& application, const std::wstring& dll, const std::wstring& library,
                         const std::wstring& proxy);

/** CreateServiceForApplication, DeleteServiceForApplication, and the end of the service's process. */
HRESULT createService(const std::wstring& application, const std::wstring& service, const std::wstring& start, const std::wstring& errors,
                      const std::wstring& dependencies, const std::wstring& account, const std::wstring& password);
HRESULT deleteService(const std::wstring& application);
HRESULT stopService(const std::wstring& application);

}  // namespace gnomon::doubles
