// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "schema.h"

#include "registry.h"

namespace gnomon::doubles {

namespace {

Property text(const wchar_t* name, const wchar_t* standard = L"", Access access = Access::ReadWrite) {
    return Property{name, Kind::Text, access, Value{standard, 0}, {}};
}

Property number(const wchar_t* name, LONG standard, std::vector<LONG> allowed = {}, Access access = Access::ReadWrite) {
    return Property{name, Kind::Number, access, Value{L"", standard}, std::move(allowed)};
}

Property flag(const wchar_t* name, bool standard, Access access = Access::ReadWrite) {
    return Property{name, Kind::Flag, access, Value{L"", standard ? 1 : 0}, {}};
}

std::vector<Property> applicationProperties() {
    return {
        flag(L"3GigSupportEnabled", false), number(L"AccessChecksLevel", 1, {0, 1}), number(L"Activation", 1, {0, 1}),
        flag(L"ApplicationAccessChecksEnabled", true), text(L"ApplicationDirectory"), flag(L"ApplicationProxy", false, Access::ReadOnly),
        text(L"ApplicationProxyServerName"), text(L"AppPartitionID", L"{41E90F3E-56C1-4633-81C3-6E8BAC8BDD70}", Access::ReadOnly),
        number(L"Authentication", 4, {0, 1, 2, 3, 4, 5, 6}), number(L"AuthenticationCapability", 0x40, {0, 2, 0x20, 0x40}),
        flag(L"Changeable", true), text(L"CommandLine"), number(L"ConcurrentApps", 1), text(L"CreatedBy"), flag(L"CRMEnabled", false),
        text(L"CRMLogFile"), flag(L"Deleteable", true), text(L"Description"), flag(L"DumpEnabled", false), flag(L"DumpOnException", false),
        flag(L"DumpOnFailfast", false), text(L"DumpPath"), flag(L"EventsEnabled", true), text(L"ID"), text(L"Identity", L"Interactive User"),
        number(L"ImpersonationLevel", 3, {1, 2, 3, 4}), flag(L"IsEnabled", true), flag(L"IsSystem", false, Access::ReadOnly),
        number(L"MaxDumpCount", 5), text(L"Name", L"New Application"), text(L"Password", L"", Access::WriteOnly),
        number(L"QCAuthenticateMsgs", 0, {0, 1, 2}), number(L"QCListenerMaxThreads", 0), flag(L"QueueListenerEnabled", false),
        flag(L"QueuingEnabled", false), number(L"RecycleActivationLimit", 0), number(L"RecycleCallLimit", 0),
        number(L"RecycleExpirationTimeout", 15), number(L"RecycleLifetimeLimit", 0), number(L"RecycleMemoryLimit", 0), flag(L"Replicable", true),
        flag(L"RunForever", false), text(L"ServiceName", L"", Access::ReadOnly), number(L"ShutdownAfter", 3), flag(L"SoapActivated", false),
        text(L"SoapBaseUrl"), text(L"SoapMailTo"), text(L"SoapVRoot"), flag(L"SRPEnabled", false), number(L"SRPTrustLevel", 0x40000),
    };
}

const std::vector<CollectionSchema>& schemas() {
    static const std::vector<CollectionSchema> all = {
        {Collection::Applications, L"Applications", L"ID", L"Name", true, true, applicationProperties()},
        {Collection::Components, L"Components", L"CLSID", L"ProgID", false, true,
         {text(L"ApplicationID", L"", Access::ReadOnly), text(L"CLSID", L"", Access::ReadOnly), flag(L"ComponentAccessChecksEnabled", false),
          text(L"Description"), text(L"DLL", L"", Access::ReadOnly), flag(L"IsEnabled", true), text(L"ProgID", L"", Access::ReadOnly)}},
        {Collection::Roles, L"Roles", L"Name", L"Name", true, true, {text(L"Description"), text(L"Name", L"New Role")}},
        {Collection::UsersInRole, L"UsersInRole", L"User", L"User", true, true, {text(L"User")}},
        {Collection::ErrorInfo, L"ErrorInfo", L"Name", L"Name", false, false,
         {number(L"ErrorCode", 0, {}, Access::ReadOnly), text(L"MajorRef", L"", Access::ReadOnly), text(L"MinorRef", L"", Access::ReadOnly),
          text(L"Name", L"", Access::ReadOnly)}},
    };
    return all;
}

}  // namespace

const Property* CollectionSchema::find(const std::wstring& wanted) const {
    for (const Property& property : properties) {
        if (same(property.name, wanted)) return &property;
    }
    return nullptr;
}

const CollectionSchema& schemaOf(Collection collection) {
    for (const CollectionSchema& schema : schemas()) {
        if (schema.collection == collection) return schema;
    }
    throw Failure{E_UNEXPECTED};
}

const CollectionSchema* schemaOf(const std::wstring& name) {
    for (const CollectionSchema& schema : schemas()) {
        if (same(schema.name, name)) return &schema;
    }
    return nullptr;
}

bool read(const VARIANT& given, const Property& property, Value& value) {
    const bool whole = given.vt == VT_I4 || given.vt == VT_I2;
    const LONG number = given.vt == VT_I2 ? given.iVal : given.lVal;
    switch (property.kind) {
        case Kind::Text:
            if (given.vt != VT_BSTR) return false;
            value = Value{given.bstrVal == nullptr ? L"" : given.bstrVal, 0};
            return true;
        case Kind::Number:
            if (!whole) return false;
            value = Value{L"", number};
            return true;
        case Kind::Flag:
            if (given.vt == VT_BOOL) {
                value = Value{L"", given.boolVal == VARIANT_FALSE ? 0 : 1};
                return true;
            }
            value = Value{L"", number};
            return whole && (number == 0 || number == 1);
    }
    return false;
}

void write(const Value& value, const Property& property, VARIANT& out) {
    VariantInit(&out);
    switch (property.kind) {
        case Kind::Text:
            out.bstrVal = SysAllocString(value.text.c_str());
            out.vt = VT_BSTR;
            break;
        case Kind::Number:
            out.lVal = value.number;
            out.vt = VT_I4;
            break;
        case Kind::Flag:
            out.boolVal = value.number == 0 ? VARIANT_FALSE : VARIANT_TRUE;
            out.vt = VT_BOOL;
            break;
    }
}

Values defaultsOf(const CollectionSchema& schema) {
    Values values;
    for (const Property& property : schema.properties) values[property.name] = property.standard;
    return values;
}

}  // namespace gnomon::doubles
