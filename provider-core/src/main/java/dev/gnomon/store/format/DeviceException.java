/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.io.IOException;

/** A file of the store, or an origin, could not be read, written or forced. */
public final class DeviceException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** Names what was attempted. */
    public DeviceException(String attempted, IOException cause) {
        super(attempted + ": " + cause.getMessage(), cause);
    }

    /** Names what is wrong where no input or output failed. */
    public DeviceException(String message) {
        super(message);
    }
}
