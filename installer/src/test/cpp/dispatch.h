// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// IDispatch over the methods of comadmin.h. The signature of each member is taken from that header by the compiler: number and types of
// arguments are checked against it, strictly. Windows' own implementation would turn numbers into texts where it can; a client that relies
// on that is told here.
#pragma once

#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "com_object.h"

namespace gnomon::doubles {

/** One member of an interface, as automation clients see it. */
struct Member {
    const wchar_t* name;
    DISPID id;
    /** DISPATCH_METHOD, DISPATCH_PROPERTYGET or DISPATCH_PROPERTYPUT. */
    WORD kind;
    /** Calls the method; {@code bad} gets the place of an argument of the wrong type. */
    std::function<HRESULT(IDispatch* self, const DISPPARAMS& given, VARIANT* result, UINT* bad)> call;
};

/** Looks names up, without regard to case. Clients of ours know no names of arguments. */
HRESULT idsOf(const std::vector<Member>& members, LPOLESTR* names, UINT count, DISPID* ids);

/** IDispatch::Invoke: a failure of the method becomes DISP_E_EXCEPTION with its code as scode. */
HRESULT invoke(const std::vector<Member>& members, IDispatch* self, DISPID id, WORD flags, const DISPPARAMS& given, VARIANT* result,
               EXCEPINFO* exception, UINT* bad);

namespace detail {

/** The value behind references. */
const VARIANT& dereferenced(const VARIANT& given, VARIANT& scratch);

bool take(const VARIANT& given, BSTR& argument);
bool take(const VARIANT& given, LONG& argument);
bool take(const VARIANT& given, VARIANT_BOOL& argument);
bool take(const VARIANT& given, VARIANT& argument);

void give(LONG from, VARIANT& to);
void give(BSTR from, VARIANT& to);
void give(VARIANT_BOOL from, VARIANT& to);
void give(IDispatch* from, VARIANT& to);
void give(IUnknown* from, VARIANT& to);
void give(VARIANT from, VARIANT& to);

template <class Type>
inline constexpr bool kIsOut = std::is_pointer_v<Type> && !std::is_same_v<Type, BSTR>;

/** BSTR is a pointer to a pointerless type, so whatever else is a pointer is where a result goes. */
template <class Tuple, std::size_t... In>
HRESULT takeAll(const DISPPARAMS& given, Tuple& arguments, UINT* bad, std::index_sequence<In...>) {
    if (given.cArgs != sizeof...(In)) return DISP_E_BADPARAMCOUNT;
    HRESULT result = S_OK;
    [[maybe_unused]] const auto one = [&](std::size_t index, auto& argument) {
        // Arguments come last first.
        const UINT place = static_cast<UINT>(given.cArgs - 1 - index);
        VARIANT scratch{};
        if (SUCCEEDED(result) && !take(dereferenced(given.rgvarg[place], scratch), argument)) {
            if (bad != nullptr) *bad = place;
            result = DISP_E_TYPEMISMATCH;
        }
    };
    (one(In, std::get<In>(arguments)), ...);
    return result;
}

template <class Interface, class... In>
HRESULT callPlain(Interface* self, HRESULT (STDMETHODCALLTYPE Interface::*method)(In...), const DISPPARAMS& given, UINT* bad) {
    std::tuple<In...> arguments{};
    const HRESULT taken = takeAll(given, arguments, bad, std::index_sequence_for<In...>());
    if (FAILED(taken)) return taken;
    return std::apply([&](auto&... each) { return (self->*method)(each...); }, arguments);
}

template <class Interface, class Tuple, class Method, std::size_t... In>
HRESULT callWithResult(Interface* self, Method method, const DISPPARAMS& given, VARIANT* result, UINT* bad, std::index_sequence<In...> in) {
    std::tuple<std::tuple_element_t<In, Tuple>...> arguments{};
    const HRESULT taken = takeAll(given, arguments, bad, in);
    if (FAILED(taken)) return taken;
    std::remove_pointer_t<std::tuple_element_t<sizeof...(In), Tuple>> out{};
    const HRESULT called = std::apply([&](auto&... each) { return (self->*method)(each..., &out); }, arguments);
    if (FAILED(called)) return called;
    VARIANT given_back{};
    give(out, given_back);
    if (result == nullptr) {
        VariantClear(&given_back);
    } else {
        *result = given_back;
    }
    return called;
}

}  // namespace detail

/** A member whose last parameter is a result, if it is a pointer. */
template <class Interface, class... All>
Member member(const wchar_t* name, DISPID id, WORD kind, HRESULT (STDMETHODCALLTYPE Interface::*method)(All...)) {
    return Member{name, id, kind, [method](IDispatch* self, const DISPPARAMS& given, VARIANT* result, UINT* bad) -> HRESULT {
        auto* const object = static_cast<Interface*>(self);
        if constexpr (sizeof...(All) == 0) {
            return detail::callPlain(object, method, given, bad);
        } else {
            using Tuple = std::tuple<All...>;
            constexpr std::size_t kLast = sizeof...(All) - 1;
            if constexpr (detail::kIsOut<std::tuple_element_t<kLast, Tuple>>) {
                return detail::callWithResult<Interface, Tuple>(object, method, given, result, bad, std::make_index_sequence<kLast>());
            } else {
                return detail::callPlain(object, method, given, bad);
            }
        }
    }};
}

/** The four methods of IDispatch for {@code Interface}; {@code Self::members()} is the table. Objects are made with new. */
template <class Self, class... Interfaces>
class Dispatching : public std::tuple_element_t<0, std::tuple<Interfaces...>> {
public:
    Dispatching() = default;
    Dispatching(const Dispatching&) = delete;
    Dispatching& operator=(const Dispatching&) = delete;

    STDMETHODIMP QueryInterface(REFIID iid, void** object) override {
        if (object == nullptr) return E_POINTER;
        const bool known = iid == __uuidof(IUnknown) || iid == __uuidof(IDispatch) || ((iid == __uuidof(Interfaces)) || ...);
        *object = known ? static_cast<IDispatch*>(this) : nullptr;
        if (known) references_.add();
        return known ? S_OK : E_NOINTERFACE;
    }
    STDMETHODIMP_(ULONG) AddRef() override { return references_.add(); }
    STDMETHODIMP_(ULONG) Release() override {
        const ULONG left = references_.remove();
        if (left == 0) delete static_cast<Self*>(this);
        return left;
    }

    STDMETHODIMP GetTypeInfoCount(UINT* count) override {
        if (count == nullptr) return E_POINTER;
        *count = 0;
        return S_OK;
    }
    STDMETHODIMP GetTypeInfo(UINT, LCID, ITypeInfo** info) override {
        if (info != nullptr) *info = nullptr;
        return E_NOTIMPL;
    }
    STDMETHODIMP GetIDsOfNames(REFIID, LPOLESTR* names, UINT count, LCID, DISPID* ids) override { return idsOf(Self::members(), names, count, ids); }
    STDMETHODIMP Invoke(DISPID id, REFIID, LCID, WORD flags, DISPPARAMS* given, VARIANT* result, EXCEPINFO* exception, UINT* bad) override {
        if (given == nullptr) return E_INVALIDARG;
        return invoke(Self::members(), this, id, flags, *given, result, exception, bad);
    }

protected:
    ~Dispatching() = default;

private:
    References references_;
};

}  // namespace gnomon::doubles
