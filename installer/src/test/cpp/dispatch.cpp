// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "dispatch.h"

#include <cstdio>

#include "registry.h"

namespace gnomon::doubles {

namespace {

bool fits(const Member& member, WORD flags, const DISPPARAMS& given) {
    if ((member.kind & flags) == 0) return false;
    const bool names = given.cNamedArgs != 0;
    if (member.kind != DISPATCH_PROPERTYPUT) return !names;
    return given.cNamedArgs == 1 && given.rgdispidNamedArgs[0] == DISPID_PROPERTYPUT;
}

void fill(EXCEPINFO* exception, const Member& member, HRESULT result) {
    if (exception == nullptr) return;
    wchar_t text[96];
    std::swprintf(text, 96, L"%ls failed with 0x%08lX", member.name, static_cast<unsigned long>(result));
    *exception = EXCEPINFO{};
    exception->bstrSource = SysAllocString(L"Gnomon test double");
    exception->bstrDescription = SysAllocString(text);
    exception->scode = result;
}

}  // namespace

HRESULT idsOf(const std::vector<Member>& members, LPOLESTR* names, UINT count, DISPID* ids) {
    if (names == nullptr || ids == nullptr || count == 0) return E_INVALIDARG;
    for (UINT index = 0; index < count; ++index) ids[index] = DISPID_UNKNOWN;
    for (const Member& member : members) {
        if (same(member.name, names[0])) {
            ids[0] = member.id;
            return count == 1 ? S_OK : DISP_E_UNKNOWNNAME;
        }
    }
    return DISP_E_UNKNOWNNAME;
}

HRESULT invoke(const std::vector<Member>& members, IDispatch* self, DISPID id, WORD flags, const DISPPARAMS& given, VARIANT* result,
               EXCEPINFO* exception, UINT* bad) {
    if (result != nullptr) VariantInit(result);
    for (const Member& member : members) {
        if (member.id != id || !fits(member, flags, given)) continue;
        const HRESULT called = member.call(self, given, result, bad);
        // What is wrong with the arguments is told as it is; what the method itself says, as an exception.
        if (SUCCEEDED(called) || called == DISP_E_BADPARAMCOUNT || called == DISP_E_TYPEMISMATCH) return called;
        fill(exception, member, called);
        return DISP_E_EXCEPTION;
    }
    return DISP_E_MEMBERNOTFOUND;
}

namespace detail {

const VARIANT& dereferenced(const VARIANT& given, VARIANT& scratch) {
    if ((given.vt & VT_BYREF) == 0) return given;
    if (given.vt == (VT_VARIANT | VT_BYREF)) return *given.pvarVal;
    // The scratch value borrows what the reference points to and is never cleared.
    scratch.vt = static_cast<VARTYPE>(given.vt & ~VT_BYREF);
    switch (scratch.vt) {
        case VT_BSTR: scratch.bstrVal = *given.pbstrVal; break;
        case VT_I4: scratch.lVal = *given.plVal; break;
        case VT_I2: scratch.iVal = *given.piVal; break;
        case VT_BOOL: scratch.boolVal = *given.pboolVal; break;
        default: scratch.vt = VT_ERROR; break;
    }
    return scratch;
}

bool take(const VARIANT& given, BSTR& argument) {
    argument = given.bstrVal;
    return given.vt == VT_BSTR;
}

bool take(const VARIANT& given, LONG& argument) {
    argument = given.vt == VT_I2 ? given.iVal : given.lVal;
    return given.vt == VT_I4 || given.vt == VT_I2;
}

bool take(const VARIANT& given, VARIANT_BOOL& argument) {
    argument = given.boolVal;
    return given.vt == VT_BOOL;
}

bool take(const VARIANT& given, VARIANT& argument) {
    argument = given;
    return true;
}

void give(LONG from, VARIANT& to) {
    to.vt = VT_I4;
    to.lVal = from;
}

void give(BSTR from, VARIANT& to) {
    to.vt = VT_BSTR;
    to.bstrVal = from;
}

void give(VARIANT_BOOL from, VARIANT& to) {
    to.vt = VT_BOOL;
    to.boolVal = from;
}

void give(IDispatch* from, VARIANT& to) {
    to.vt = VT_DISPATCH;
    to.pdispVal = from;
}

void give(IUnknown* from, VARIANT& to) {
    to.vt = VT_UNKNOWN;
    to.punkVal = from;
}

void give(VARIANT from, VARIANT& to) { to = from; }

}  // namespace detail

}  // namespace gnomon::doubles
