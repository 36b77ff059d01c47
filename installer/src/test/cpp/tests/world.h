// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// What the tests of the doubles share: automation calls by name, as a script makes them, and a clean catalog.
#pragma once

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "comadmin_codes.h"
#include "registry.h"

namespace gnomon::doubles::test {

/** A VARIANT that owns what is in it. */
class Var {
public:
    Var() { VariantInit(&value_); }
    Var(const wchar_t* text) : Var() {
        value_.vt = VT_BSTR;
        value_.bstrVal = SysAllocString(text);
    }
    Var(const std::wstring& text) : Var(text.c_str()) {}
    Var(int number) : Var() {
        value_.vt = VT_I4;
        value_.lVal = number;
    }
    Var(bool flag) : Var() {
        value_.vt = VT_BOOL;
        value_.boolVal = flag ? VARIANT_TRUE : VARIANT_FALSE;
    }
    Var(const Var& other) : Var() { copy(other); }
    Var& operator=(const Var& other) {
        copy(other);
        return *this;
    }
    ~Var() { VariantClear(&value_); }

    VARIANT* put() {
        VariantClear(&value_);
        return &value_;
    }
    const VARIANT& get() const { return value_; }
    std::wstring text() const {
        REQUIRE(value_.vt == VT_BSTR);
        return value_.bstrVal == nullptr ? L"" : value_.bstrVal;
    }
    int number() const {
        REQUIRE(value_.vt == VT_I4);
        return value_.lVal;
    }
    bool flag() const {
        REQUIRE(value_.vt == VT_BOOL);
        return value_.boolVal != VARIANT_FALSE;
    }

private:
    // The function's second parameter is not const, but is only read.
    void copy(const Var& other) { VariantCopy(&value_, const_cast<VARIANT*>(&other.value_)); }

    VARIANT value_;
};

/** An automation object. */
class Object {
public:
    explicit Object(ComPtr<IDispatch> object) : object_(std::move(object)) {}

    /** The code of the call; what a method itself returned instead of DISP_E_EXCEPTION. */
    HRESULT tryCall(WORD kind, const wchar_t* name, std::initializer_list<Var> arguments, Var* result = nullptr) const;
    /** Calls that must succeed. */
    Var call(const wchar_t* name, std::initializer_list<Var> arguments = {}) const;
    Object object(const wchar_t* name, std::initializer_list<Var> arguments = {}) const;
    Var get(const wchar_t* property) const;
    HRESULT put(const wchar_t* property, const Var& value) const;
    IDispatch* raw() const { return object_.get(); }

private:
    ComPtr<IDispatch> object_;
};

Object newCatalog();
Object applications(const Object& catalog);
/** Adds and saves an application, and returns its key. */
std::wstring savedApplication(const Object& catalog, const wchar_t* name);
int countOf(const Object& collection);
/** The error codes in ErrorInfo, as the catalog's own collection lists them. */
std::vector<HRESULT> errorsOf(const Object& catalog);

/** Leaves an empty catalog, no service of the tests, no setting and no counter behind, before and after a test. */
class Clean {
public:
    Clean() { clean(); }
    ~Clean() { clean(); }
    Clean(const Clean&) = delete;
    Clean& operator=(const Clean&) = delete;

private:
    static void clean();
};

inline constexpr wchar_t kServiceName[] = L"GnomonDoublesTest";
inline constexpr wchar_t kComponentClass[] = L"{D0000000-0002-4F0F-8F0F-F0F0F0F0F0F2}";
inline const std::wstring kComponentKey = std::wstring(L"SOFTWARE\\Classes\\CLSID\\") + kComponentClass;

/** A file that lies next to the test program. */
std::wstring besideUs(const wchar_t* file);

}  // namespace gnomon::doubles::test
