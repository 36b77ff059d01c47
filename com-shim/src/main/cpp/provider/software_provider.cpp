// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// IVssSoftwareSnapshotProvider: questions about volumes and shadow copies, and what changes them outside the making of a set.
#include <cstring>
#include <cwchar>

#include "answer.h"
#include "gnomon/enumerator.h"
#include "gnomon/properties.h"
#include "gnomon/provider.h"
#include "gnomon/win_guid.h"

namespace gnomon {

namespace {

/** A volume's name as an argument: null stays null. False if it is longer than the channel takes. */
bool readName(const wchar_t* name, ArgumentValue& value) {
    if (name == nullptr) {
        value = std::monostate();
        return true;
    }
    const std::size_t length = wcsnlen(name, kMaxTextUnits + 1);
    if (length > kMaxTextUnits) return false;
    value = std::u16string(name, name + length);
    return true;
}

/** A number of an enumeration as VSS passed it, which may be none of it: with its sign, where the compiler's type has none. */
template <typename Enumeration>
std::int64_t number(Enumeration value) {
    return static_cast<LONG>(value);
}

bool readText(const wchar_t* text, std::size_t length, PropertyValue& value) {
    if (length > kMaxTextUnits) return false;
    value.text = text == nullptr ? std::u16string() : std::u16string(text, text + length);
    return true;
}

/** Copies what a VARIANT holds, which stays the caller's. Of types that no property has only the type is told. */
bool readVariant(const VARIANT& variant, PropertyValue& value) {
    value.vt = variant.vt;
    switch (variant.vt) {
        case VT_BSTR: return readText(variant.bstrVal, SysStringLen(variant.bstrVal), value);
        case VT_LPWSTR: {
            const auto* text = static_cast<const wchar_t*>(variant.byref);
            return readText(text, text == nullptr ? 0 : wcsnlen(text, kMaxTextUnits + 1), value);
        }
        case VT_I4:
        case VT_INT: value.number = variant.lVal; return true;
        case VT_UI4:
        case VT_UINT: value.number = variant.ulVal; return true;
        default: return true;
    }
}

}  // namespace

bool Provider::refused(Method method, const Subject& subject, Answer& answer) {
    std::wstring why;
    if (SUCCEEDED(checkCaller(caller(method, subject), why))) return false;
    const bool report = loadCallerCheck() == CallerCheck::Report;
    const DWORD event = report ? GNOMON_EVENT_CALLER_REPORTED : GNOMON_EVENT_CALLER_REFUSED;
    reportEvent(event, method, E_ACCESSDENIED, subject, std::move(why));
    answer.code = E_ACCESSDENIED;
    return !report;
}

STDMETHODIMP Provider::SetContext(LONG context) {
    return guarded(Method::SetContext, Subject{}, [&] {
        Answer answer = ask(Call::SetContext, {{"context", std::int64_t{context}}}, S_OK);
        if (answer.code == S_OK) context_.store(context);
        return answer;
    });
}

STDMETHODIMP Provider::GetSnapshotProperties(VSS_ID snapshotId, VSS_SNAPSHOT_PROP* properties) {
    if (properties == nullptr) return E_INVALIDARG;
    std::memset(properties, 0, sizeof(*properties));
    return guarded(Method::GetSnapshotProperties, Subject{&snapshotId}, [&] {
        Answer answer = ask(Call::GetSnapshotProperties, {{"snapshotId", fromWindows(snapshotId)}}, VSS_E_OBJECT_NOT_FOUND);
        if (answer.usable() && answer.code == S_OK) answer.code = toProperties(answer.reply.snapshots.front(), *properties);
        return answer;
    });
}

STDMETHODIMP Provider::Query(VSS_ID objectId, VSS_OBJECT_TYPE queried, VSS_OBJECT_TYPE returned, IVssEnumObject** enumerator) {
    if (enumerator == nullptr) return E_INVALIDARG;
    *enumerator = nullptr;
    return guarded(Method::Query, Subject{}, [&] {
        Answer answer = ask(Call::Query,
                            {{"objectId", fromWindows(objectId)},
                             {"queriedType", number(queried)},
                             {"returnedType", number(returned)}},
                            S_OK);
        if (answer.injected || answer.code != S_OK) return answer;
        // A service that is down has no volumes, and so no shadow copies: an empty list, never an error.
        auto list = std::make_shared<const std::vector<Snapshot>>(std::move(answer.reply.snapshots));
        *enumerator = newEnumerator(std::move(list), 0);
        if (*enumerator == nullptr) answer.code = E_OUTOFMEMORY;
        return answer;
    });
}

STDMETHODIMP Provider::DeleteSnapshots(VSS_ID sourceId, VSS_OBJECT_TYPE type, BOOL force, LONG* deleted, VSS_ID* nondeletedId) {
    if (deleted != nullptr) *deleted = 0;
    if (nondeletedId != nullptr) *nondeletedId = GUID_NULL;
    if (deleted == nullptr || nondeletedId == nullptr) return E_INVALIDARG;
    const Subject subject{&sourceId};
    return guarded(Method::DeleteSnapshots, subject, [&] {
        Answer answer;
        if (refused(Method::DeleteSnapshots, subject, answer)) return answer;
        answer = ask(Call::DeleteSnapshots,
                     {{"sourceId", fromWindows(sourceId)}, {"sourceType", number(type)}, {"force", force != FALSE}},
                     VSS_E_OBJECT_NOT_FOUND);
        if (answer.failure != Failure::None) *nondeletedId = sourceId;
        if (answer.usable()) {
            *deleted = answer.reply.deleted;
            *nondeletedId = toWindows(answer.reply.nondeletedId);
        }
        return answer;
    });
}

STDMETHODIMP Provider::BeginPrepareSnapshot(VSS_ID setId, VSS_ID snapshotId, VSS_PWSZ volume, LONG context) {
    const Subject subject{&setId, volume};
    return guarded(Method::BeginPrepareSnapshot, subject, [&] {
        Answer answer;
        if (refused(Method::BeginPrepareSnapshot, subject, answer)) return answer;
        ArgumentValue name;
        if (!readName(volume, name)) return ownAnswer(E_INVALIDARG);
        return ask(Call::BeginPrepareSnapshot,
                   {{"setId", fromWindows(setId)},
                    {"snapshotId", fromWindows(snapshotId)},
                    {"volumeName", std::move(name)},
                    {"context", std::int64_t{context}}},
                   VSS_E_PROVIDER_VETO);
    });
}

STDMETHODIMP Provider::IsVolumeSupported(VSS_PWSZ volume, BOOL* supported) {
    if (supported == nullptr) return E_INVALIDARG;
    *supported = FALSE;
    return guarded(Method::IsVolumeSupported, Subject{nullptr, volume}, [&] {
        ArgumentValue name;
        if (!readName(volume, name)) return ownAnswer(E_INVALIDARG);
        // An error here breaks every backup on the machine, of all volumes: a service that is down supports nothing.
        Answer answer = ask(Call::IsVolumeSupported, {{"volumeName", std::move(name)}}, S_OK);
        if (answer.usable() && answer.code == S_OK) *supported = answer.reply.supported ? TRUE : FALSE;
        return answer;
    });
}

STDMETHODIMP Provider::IsVolumeSnapshotted(VSS_PWSZ volume, BOOL* present, LONG* compatibility) {
    if (present != nullptr) *present = FALSE;
    if (compatibility != nullptr) *compatibility = 0;
    if (present == nullptr || compatibility == nullptr) return E_INVALIDARG;
    return guarded(Method::IsVolumeSnapshotted, Subject{nullptr, volume}, [&] {
        ArgumentValue name;
        if (!readName(volume, name)) return ownAnswer(E_INVALIDARG);
        Answer answer = ask(Call::IsVolumeSnapshotted, {{"volumeName", std::move(name)}}, S_OK);
        if (answer.usable() && answer.code == S_OK) {
            *present = answer.reply.present ? TRUE : FALSE;
            *compatibility = answer.reply.compatibility;
        }
        return answer;
    });
}

STDMETHODIMP Provider::SetSnapshotProperty(VSS_ID snapshotId, VSS_SNAPSHOT_PROPERTY_ID property, VARIANT value) {
    const Subject subject{&snapshotId};
    return guarded(Method::SetSnapshotProperty, subject, [&] {
        Answer answer;
        if (refused(Method::SetSnapshotProperty, subject, answer)) return answer;
        PropertyValue copy;
        if (!readVariant(value, copy)) return ownAnswer(E_INVALIDARG);
        return ask(Call::SetSnapshotProperty,
                   {{"snapshotId", fromWindows(snapshotId)},
                    {"propertyId", number(property)},
                    {"value", std::move(copy)}},
                   VSS_E_OBJECT_NOT_FOUND);
    });
}

STDMETHODIMP Provider::RevertToSnapshot(VSS_ID snapshotId) {
    const Subject subject{&snapshotId};
    return guarded(Method::RevertToSnapshot, subject, [&] {
        Answer answer;
        if (refused(Method::RevertToSnapshot, subject, answer)) return answer;
        return ask(Call::RevertToSnapshot, {{"snapshotId", fromWindows(snapshotId)}}, VSS_E_PROVIDER_VETO);
    });
}

STDMETHODIMP Provider::QueryRevertStatus(VSS_PWSZ volume, IVssAsync** async) {
    if (async == nullptr) return E_INVALIDARG;
    *async = nullptr;
    return guarded(Method::QueryRevertStatus, Subject{nullptr, volume}, [&] {
        ArgumentValue name;
        if (!readName(volume, name)) return ownAnswer(E_INVALIDARG);
        Answer answer = ask(Call::QueryRevertStatus, {{"volumeName", std::move(name)}}, VSS_E_PROVIDER_VETO);
        if (!answer.usable() || answer.code != S_OK) return answer;
        *async = newRevertAsync(*this, answer.reply.revertId);
        if (*async == nullptr) answer.code = E_OUTOFMEMORY;
        return answer;
    });
}

}  // namespace gnomon
