// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The identities of the provider, in this one place.
//
// They are text, so that the build (type library), the tests and Java (dev.gnomon.comshim.ProviderIdentities) read the same lines.
//
//  * Provider id and class id are fixed for ever: requesters and registrations name them.
//  * The version id is new in every release; (provider id, version id) is one implementation.
//  * None of them is ever used for anything else, not even after it has been given up.
#pragma once

#define GNOMON_VSS_PROVIDER_ID "6d987aed-037d-47f6-835c-fe957e276c80"
#define GNOMON_VSS_CLASS_ID "367392fd-5844-4d09-a6db-4409de6a8441"
#define GNOMON_VSS_VERSION_ID "a46d4ea2-b661-4efc-ac96-4d1f1b4c7aec"
#define GNOMON_VSS_LIBRARY_ID "325b8c5a-74e7-4d9c-b331-722c1a4a507f"

#define GNOMON_VSS_PROVIDER_NAME "Gnomon VSS provider"
#define GNOMON_VSS_PROG_ID "Gnomon.VssProvider"
#define GNOMON_VSS_EVENT_SOURCE "GnomonVss"
#define GNOMON_VSS_SERVICE_NAME "Gnomon"
#define GNOMON_VSS_PIPE_NAME "Gnomon.Vss"
#define GNOMON_VSS_SETTINGS_KEY "SOFTWARE\\Gnomon\\Vss"

/** The same text as wide characters. */
#define GNOMON_WIDE_(text) L##text
#define GNOMON_WIDE(text) GNOMON_WIDE_(text)
