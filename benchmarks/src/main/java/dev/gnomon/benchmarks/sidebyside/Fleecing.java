/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.nio.file.Path;
import java.util.List;

/**
 * qemu's fleecing: the filter {@code copy-before-write} over the volume with a raw file as its target, and the node
 * {@code snapshot-access} as the copy. A daemon for each copy, because a target serves one. Source: qemu's QAPI reference,
 * BlockdevOptionsCbw.
 */
public final class Fleecing {
    /** The export of the volume. */
    public static final String LIVE = "live";

    /** The export of the copy. */
    public static final String COPY = "copy";

    private Fleecing() {}

    /**
     * Returns the daemon's command.
     *
     * @param target a file of the volume's size that holds nothing yet
     * @param server where it serves NBD, as its option {@code --nbd-server} has it
     */
    public static List<String> command(Path origin, Path target, String server) {
        return List.of(
                "qemu-storage-daemon",
                "--blockdev",
                "driver=file,node-name=origin-file,filename=" + origin,
                "--blockdev",
                "driver=raw,node-name=origin,file=origin-file",
                "--blockdev",
                "driver=file,node-name=target-file,filename=" + target,
                "--blockdev",
                "driver=raw,node-name=target,file=target-file",
                "--blockdev",
                "driver=copy-before-write,node-name=filter,file=origin,target=target",
                "--blockdev",
                "driver=snapshot-access,node-name=access,file=filter",
                "--nbd-server",
                server,
                "--export",
                "type=nbd,id=live,node-name=filter,name=" + LIVE + ",writable=on",
                "--export",
                "type=nbd,id=copy,node-name=access,name=" + COPY);
    }
}
