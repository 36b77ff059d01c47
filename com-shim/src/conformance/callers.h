// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>

#include "rig.h"

namespace gnomon::conformance {

/**
 * Makes the calls that need rights, and says on the standard error which of them was not refused with E_ACCESSDENIED. It is run in a
 * process of its own whose token has no rights (rule 82). Returns 0 if all were refused.
 *
 * @param subject a snapshot, a comma, and a volume
 */
int callWithoutRights(const Rig& rig, const std::string& subject);

}  // namespace gnomon::conformance
