/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.export.Export;
import dev.gnomon.protocol.nbd.MetaContexts.Context;
import java.util.List;

/**
 * What negotiation agreed on.
 *
 * @param export opened for this client, owned by its connection
 * @param structured whether reads are answered in chunks
 * @param contexts that block status is answered with, none if it may not be asked for
 */
record Session(Export export, boolean structured, List<Context> contexts) {
    /** Copies the list. */
    Session {
        contexts = List.copyOf(contexts);
    }
}
