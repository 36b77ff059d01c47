// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The collections of the COM+ catalog and the properties of their objects: names, types, access and defaults of Microsoft's reference,
// "COM+ Administration Collections".
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gnomon/win.h"

namespace gnomon::doubles {

enum class Kind { Text, Number, Flag };
enum class Access { ReadWrite, ReadOnly, WriteOnly };

/** A property's value: a text, or a number, of which a flag is 0 or 1. */
struct Value {
    std::wstring text;
    LONG number = 0;

    friend bool operator==(const Value& one, const Value& other) { return one.text == other.text && one.number == other.number; }
};

struct Property {
    const wchar_t* name;
    Kind kind;
    Access access;
    Value standard;
    /** The numbers that may be saved; all if there are none. */
    std::vector<LONG> allowed;
};

enum class Collection { Applications, Components, Roles, UsersInRole, ErrorInfo };

struct CollectionSchema {
    Collection collection;
    const wchar_t* name;
    /** The property that is the object's key, and the one that is its name. */
    const wchar_t* key;
    const wchar_t* shown;
    bool addEnabled;
    bool removeEnabled;
    std::vector<Property> properties;

    const Property* find(const std::wstring& name) const;
};

const CollectionSchema& schemaOf(Collection collection);

/** By name, without regard to case; null if there is none that the doubles know. */
const CollectionSchema* schemaOf(const std::wstring& name);

/** False if the value has not the property's type. Flags may be 0 and 1, as scripts write them. */
bool read(const VARIANT& given, const Property& property, Value& value);
void write(const Value& value, const Property& property, VARIANT& out);

using Values = std::map<std::wstring, Value>;

/** All properties with their defaults. */
Values defaultsOf(const CollectionSchema& schema);

}  // namespace gnomon::doubles
