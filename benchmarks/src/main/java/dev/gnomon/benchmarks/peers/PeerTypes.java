/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import java.util.List;
import java.util.Set;

/** All peers, in the order of the tables. */
final class PeerTypes {
    static final String RAW = "raw";
    static final String NOTHING = "null";
    static final String NBDKIT = "nbdkit";
    static final String QEMU = "qemu";
    static final String COW = "cow4k";
    static final String COW_CLUSTERS = "cow64k";
    static final String FLEECING = "fleecing";
    static final String OVERLAY = "overlay";
    static final String OVERLAY_EXTENDED = "overlay-ext";
    static final String XFS = "xfs";
    static final String BTRFS = "btrfs";
    static final String GNOMON = "gnomon";
    /** Gnomon without the order of old and new bytes. */
    static final String GNOMON_VOLATILE = "gnomon-volatile";

    /** Gnomon with as many copies as a volume may have. */
    static final String GNOMON_MANY = "gnomon-512";

    /** Gnomon with less memory for its index than that needs. */
    static final String GNOMON_SMALL_INDEX = "gnomon-small-index";

    private static final int COPIES_MAX = 512;
    private static final int PIECE_BYTES = 4 << 10;
    private static final int CLUSTER_BYTES = 64 << 10;
    private static final List<String> NBDKIT_PROGRAM = List.of("nbdkit");
    private static final List<String> QEMU_PROGRAMS = List.of("qemu-nbd", "qemu-img");

    private static final Semantics GNOMON_SEMANTICS = new Semantics(
            "live and copies stay, with all that was acknowledged",
            "copies stay; of the live volume what was flushed",
            "durable in origin or log, of all connections");
    private static final Semantics VOLATILE_SEMANTICS = new Semantics(
            "live and copies stay, with all that was acknowledged",
            "copies are lost; of the live volume what had left the chain, which only the store can read",
            "force the volume, origin and chain, not the copies");
    private static final Semantics OVERLAY_SEMANTICS = new Semantics(
            "live and copy stay; clusters that were being allocated may leak",
            "the copy is the base file and stays; of the live volume what was flushed",
            "both force the overlay, its tables before what they name");
    private static final Semantics COW_SEMANTICS = new Semantics(
            "all that was written since the copy is gone: the layer is a temporary file",
            "as after SIGKILL",
            "do nothing for the layer");

    static final List<PeerType> ALL = List.of(
            new PeerType(
                    RAW,
                    "raw file, no server",
                    List.of(),
                    false,
                    PeerType.LIVE_ONLY,
                    true,
                    "",
                    Semantics.FILE,
                    FilePeers::raw),
            new PeerType(
                    NOTHING,
                    "nbdkit null (the load generator's ceiling)",
                    NBDKIT_PROGRAM,
                    false,
                    PeerType.LIVE_ONLY,
                    false,
                    "",
                    new Semantics("keeps nothing", "keeps nothing", "do nothing"),
                    FilePeers::nothing),
            nbdkit(false),
            new PeerType(
                    QEMU,
                    "qemu-nbd, raw",
                    List.of("qemu-nbd"),
                    false,
                    PeerType.LIVE_ONLY,
                    true,
                    "",
                    Semantics.FILE,
                    FilePeers::qemu),
            nbdkit(true),
            new PeerType(
                    COW,
                    "nbdkit cow, 4 KiB",
                    NBDKIT_PROGRAM,
                    false,
                    PeerType.COPIES_ONLY,
                    true,
                    "",
                    COW_SEMANTICS,
                    site -> LayeredPeer.nbdkitCow(site, PIECE_BYTES)),
            new PeerType(
                    COW_CLUSTERS,
                    "nbdkit cow, 64 KiB",
                    NBDKIT_PROGRAM,
                    false,
                    PeerType.COPIES_ONLY,
                    true,
                    "",
                    COW_SEMANTICS,
                    site -> LayeredPeer.nbdkitCow(site, CLUSTER_BYTES)),
            new PeerType(
                    FLEECING,
                    "qemu fleecing, raw target",
                    List.of("qemu-storage-daemon"),
                    false,
                    PeerType.COPIES_ONLY,
                    true,
                    "",
                    new Semantics(
                            "the volume stays, the copy is lost: which clusters were copied is known in memory only",
                            "as after SIGKILL; of the volume what was flushed",
                            "force the volume, not the copy"),
                    FleecingPeer::new),
            new PeerType(
                    "internal",
                    "qcow2, internal snapshot",
                    QEMU_PROGRAMS,
                    false,
                    PeerType.ALL_PHASES,
                    true,
                    "",
                    new Semantics(
                            "live and copy stay; clusters that were being allocated may leak",
                            "the copy stays; of the live volume what was flushed",
                            "both force the image, its tables before what they name"),
                    InternalSnapshotPeer::new),
            new PeerType(
                    OVERLAY,
                    "qcow2 overlay",
                    QEMU_PROGRAMS,
                    false,
                    PeerType.COPIES_ONLY,
                    true,
                    "",
                    OVERLAY_SEMANTICS,
                    site -> LayeredPeer.overlay(site, "compat=1.1")),
            extended(false),
            extended(true),
            reflink(XFS),
            reflink(BTRFS),
            gnomon(GNOMON, "Gnomon", PeerType.ALL_PHASES, GNOMON_SEMANTICS, site -> new GnomonPeer(site, 0)),
            gnomon(
                    GNOMON_VOLATILE,
                    "Gnomon, volatile",
                    PeerType.COPIES_ONLY,
                    VOLATILE_SEMANTICS,
                    GnomonPeer::unordered),
            gnomon(
                    GNOMON_MANY,
                    "Gnomon, 512 copies",
                    PeerType.ALL_BUT_LIVE,
                    GNOMON_SEMANTICS,
                    site -> new GnomonPeer(site, COPIES_MAX - 1)),
            gnomon(
                    GNOMON_SMALL_INDEX,
                    "Gnomon, index 4 times its memory",
                    PeerType.READS_ONLY,
                    GNOMON_SEMANTICS,
                    SmallIndexPeer::new));

    /** Those that take part in sustained writes: their live volume stays when a copy goes, or there is none. */
    static final Set<String> SUSTAINED = Set.of(RAW, FLEECING, GNOMON);

    /** With whom Gnomon is compared in both modes: they force nothing for a copy. */
    static final List<String> UNORDERED = List.of(FLEECING, COW, COW_CLUSTERS);

    /** Gnomon in another state than usual. */
    static final Set<String> VARIANTS = Set.of(GNOMON_MANY, GNOMON_SMALL_INDEX);

    /** What is compared only when it exists. */
    static final String TGT_ABSENT = "tgt: left out, because Gnomon does not speak iSCSI yet";

    private PeerTypes() {}

    /** Returns whether a type is one of a pair, both of the same program. */
    static boolean isPaired(PeerType type) {
        return !type.again().isEmpty()
                || ALL.stream().anyMatch(other -> type.id().equals(other.again()));
    }

    private static PeerType nbdkit(boolean second) {
        return new PeerType(
                        NBDKIT,
                        "nbdkit file",
                        NBDKIT_PROGRAM,
                        false,
                        PeerType.LIVE_ONLY,
                        true,
                        "",
                        Semantics.FILE,
                        FilePeers::nbdkit)
                .twice(second);
    }

    private static PeerType extended(boolean second) {
        return new PeerType(
                        OVERLAY_EXTENDED,
                        "qcow2 overlay, extended L2",
                        QEMU_PROGRAMS,
                        false,
                        PeerType.COPIES_ONLY,
                        true,
                        "",
                        OVERLAY_SEMANTICS,
                        site -> LayeredPeer.overlay(site, "compat=1.1,extended_l2=on,cluster_size=128k"))
                .twice(second);
    }

    private static PeerType gnomon(
            String id, String title, Set<Phase> phases, Semantics semantics, PeerType.Maker maker) {
        return new PeerType(id, title, List.of(), false, phases, true, "", semantics, maker);
    }

    private static PeerType reflink(String type) {
        return new PeerType(
                type,
                (type.equals(XFS) ? "XFS" : "btrfs") + " reflink, nbdkit file",
                List.of("nbdkit", "mkfs." + type, "losetup", "mount"),
                true,
                PeerType.ALL_PHASES,
                true,
                "",
                new Semantics(
                        "live and copy stay",
                        "the copy stays once it was synced; of the live volume what was flushed",
                        "fdatasync on FLUSH; on FUA after each write"),
                site -> new ReflinkPeer(site, type));
    }
}
