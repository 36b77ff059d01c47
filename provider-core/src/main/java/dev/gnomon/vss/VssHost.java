/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.util.UUID;

/**
 * The host as the provider sees it.
 *
 * @param bootId of this start of the operating system; another one at each, the same as long as it lasts
 * @param machineName for the properties of copies
 * @param providerId that VSS knows the provider by
 */
public record VssHost(String bootId, String machineName, UUID providerId) {
    /** The id of Gnomon's provider, for ever. */
    public static final UUID PROVIDER_ID = UUID.fromString("6d987aed-037d-47f6-835c-fe957e276c80");
}
