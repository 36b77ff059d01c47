// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// What is on a machine, as text. Failures throw Failure.
#pragma once

#include <string>
#include <unordered_map>

#include "gnomon/win.h"

namespace gnomon::doubles {

/** The values of a key as they were last read, and when it had been written then: who sets or deletes a value writes the key. */
struct SeenKey {
    FILETIME written;
    std::string values;
};
using SeenKeys = std::unordered_map<std::string, SeenKey>;

/**
 * Appends a key and all below it. A key is a line with its path in brackets, followed by a line for each value: "name"=data, @=data for the one without
 * a name. Data are as regedit writes them, in one line. What is no text, or has control characters, is in hexadecimal digits.
 * Every key is asked for; values are read again only of those that were written since they were seen, for that is most of what a look costs.
 */
void exportTree(std::string& out, HKEY key, const std::string& path, SeenKeys& seen);

/** Appends the line [services], and a line "name"=state for each service that does not stand. */
void exportServices(std::string& out);

}  // namespace gnomon::doubles
