/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The service's end of the channel to the COM shim (docs/vss-protocol.md): frames, handshake, requests and replies, and what makes a provider
 * misbehave for tests of requesters. Hands calls to a {@link dev.gnomon.vss.Provider} and knows no rule of VSS itself.
 */
@NullMarked
package dev.gnomon.vss.channel;

import org.jspecify.annotations.NullMarked;
