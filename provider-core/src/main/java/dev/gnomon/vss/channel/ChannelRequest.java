/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.vss.ProviderCall;

/**
 * A call of the shim.
 *
 * @param id what the reply carries
 * @param object number of the provider object in its process, from 1
 * @param context VSS context of that object as the shim knows it
 * @param withinMillis how long the shim waits from now on
 */
record ChannelRequest(long id, long object, int context, long withinMillis, ProviderCall call) {}
