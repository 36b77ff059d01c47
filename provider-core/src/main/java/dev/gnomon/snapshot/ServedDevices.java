/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Storage;
import dev.gnomon.store.Catalog;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Says whether a directory lies on a volume that this service serves, so that writing there would wait for itself. Known
 * are file systems on an origin, on a partition of one, and on any NBD device of this machine. Stateless.
 */
final class ServedDevices {
    private static final String NBD = "/dev/nbd";

    private ServedDevices() {}

    /** Returns why a directory, there or not yet, cannot hold files of the store; empty if it can. */
    static String refusal(Storage storage, Catalog catalog, Path directory) throws IOException {
        String device = storage.deviceOf(existing(storage, directory));
        for (Catalog.VolumeEntry volume : catalog.volumes()) {
            if (isOn(device, volume.origin())) {
                return directory + " is on " + device + ", the origin of volume " + volume.name();
            }
        }
        return device.startsWith(NBD)
                ? directory + " is on " + device + ", an NBD device, which may be a volume of this service"
                : "";
    }

    private static Path existing(Storage storage, Path directory) throws IOException {
        Path there = directory;
        while (!storage.exists(there)) {
            Path above = there.getParent();
            if (above == null) {
                return there;
            }
            there = above;
        }
        return there;
    }

    /** Returns whether a device is an origin or a partition of it: sdb is on sdb, sdb1 and nvme0n1p2 on sdb and nvme0n1. */
    private static boolean isOn(String device, String origin) {
        return device.startsWith(origin) && device.substring(origin.length()).matches("(p?\\d+)?");
    }
}
