/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

import java.util.Optional;

/**
 * Every event there is. The ids are part of the interface: an id never changes its meaning and is never used again.
 *
 * <p>The table in {@code docs/operations.md} says the same, which a test compares. 1xxx is the service, 2xxx the engine,
 * 3xxx NBD, 4xxx VSS; x1xx are those of ordinary life.
 */
public enum EventId {
    /** The accepting thread of the control socket goes on. */
    CONTROL_ACCEPT_FAILED(
            "GNM-1001",
            Severity.WARN,
            "a control client could not be accepted",
            "look at the reason: often too few file descriptors"),
    /** The request failed, the service goes on. */
    CONTROL_DEFECT(
            "GNM-1002",
            Severity.ERROR,
            "a defect in the service; the request failed, the service goes on",
            "report it, with the log of --debug"),
    /** The next start replaces it. */
    CONTROL_SOCKET_LEFT(
            "GNM-1003",
            Severity.WARN,
            "the control socket could not be removed",
            "nothing: the next start replaces it"),
    /** Durability was decided before. */
    CLOSE_FAILED(
            "GNM-1004",
            Severity.ERROR,
            "a part of the service did not close cleanly",
            "look at the reason; the next start recovers"),
    /** The process ends with this. */
    TASK_FAILED(
            "GNM-1005",
            Severity.ERROR,
            "a task of the engine ended by a defect, and the process with it",
            "start the service again, which recovers; report it"),
    /** Events are then in the log and in memory only. */
    EVENT_FILE_FAILED(
            "GNM-1006",
            Severity.WARN,
            "events could not be written to their file in the state directory",
            "make room or mend permissions there; no data is concerned, the log has all events"),
    /** Clients can connect. */
    SERVICE_STARTED("GNM-1101", Severity.INFO, "the service serves", "nothing"),
    /** Clients are being disconnected. */
    SERVICE_STOPPING("GNM-1102", Severity.INFO, "the service was told to stop", "nothing"),
    /** Everything is durable and released. */
    SERVICE_STOPPED("GNM-1103", Severity.INFO, "the service stopped, everything is durable", "nothing"),
    /** Windows cannot be refused; the command line can. */
    STOP_WHILE_IN_USE(
            "GNM-1104",
            Severity.WARN,
            "the service manager stops the service while this machine uses volumes; it waits for their clients, then cuts them off",
            "unmount and disconnect before; gnomon service stop refuses instead"),
    /** File systems write until the very end. */
    SYSTEM_ENDS(
            "GNM-1105",
            Severity.INFO,
            "the system shuts down; the service serves until it is ended, and acknowledges only what is durable",
            "nothing"),
    /** Invariant I7. */
    VOLUME_FAILED(
            "GNM-2001",
            Severity.ERROR,
            "a flush of a volume failed: acknowledged writes may be lost, and it refuses writes from now on",
            "mend the device, check the data on the volume, then: gnomon volume clear VOLUME"),
    /** Follows {@link #VOLUME_FAILED}. */
    FAILURE_NOT_LOGGED(
            "GNM-2002",
            Severity.ERROR,
            "that a volume failed could not be written to the store, which therefore counts as failed",
            "mend the device of the store, start the service again, then treat the volume as for GNM-2001"),
    /** The client got an error instead of wrong data. */
    COPY_UNREADABLE(
            "GNM-2003",
            Severity.ERROR,
            "preserved bytes of a shadow copy could not be read, or are damaged",
            "stop the service and run gnomon check; other copies and the live volume are not concerned"),
    /** Found by recovery. */
    STORE_READ_ONLY(
            "GNM-2004",
            Severity.ERROR,
            "the store is damaged and read-only, so are its volumes",
            "save what the shadow copies still have; gnomon check names the damage"),
    /** The others are served. */
    VOLUME_OFFLINE(
            "GNM-2005",
            Severity.ERROR,
            "a volume is not served: its origin is missing, too small or in use",
            "bring the origin back, then start the service again"),
    /** Its last force has told what counts. */
    ORIGIN_CLOSE_FAILED(
            "GNM-2006", Severity.WARN, "an origin did not close cleanly", "look at the reason; it was forced before"),
    /** Invariant I7, for every volume of the store. */
    STORE_FAILED(
            "GNM-2007",
            Severity.ERROR,
            "a write or force of the store failed: all its volumes refuse writes from now on",
            "mend the device, start the service again, then treat each volume as for GNM-2001"),
    /** What is kept is in the staging chain, durable as far as clients were promised. */
    VOLUME_DEGRADED(
            "GNM-2008",
            Severity.ERROR,
            "the origin of a volume refuses what was acknowledged; it is kept and tried again, new writes are refused",
            "make room or mend the device of the origin; nothing is lost meanwhile"),
    /** Deleting needs no room. */
    DIFF_AREA_FULL(
            "GNM-2009",
            Severity.ERROR,
            "the diff area has no room for first overwrites; what becomes of them says the volume's --when-full",
            "delete shadow copies, raise the limit, or make room on the file system of the state directory"),
    /** The next first overwrite tries again. */
    STAGING_FILE_FAILED(
            "GNM-2010",
            Severity.WARN,
            "a file for new data could not be prepared; the writes that needed it failed",
            "look at the reason; the next such write tries again"),
    /** What is in memory is still written. */
    INDEX_NOT_MERGED(
            "GNM-2011",
            Severity.ERROR,
            "a part of the index could not be read; it is not merged any more, and deleting gives no space back",
            "stop the service and run gnomon check; copies whose records are in that part cannot be read"),
    /** What is damaged in it stays where it is. */
    SEGMENT_NOT_EMPTIED(
            "GNM-2012",
            Severity.WARN,
            "a segment of the diff area is damaged and is not emptied for its space",
            "stop the service and run gnomon check, which says whether any copy needs what is damaged"),
    /** The one before still counts. */
    CHECKPOINT_NO_SPACE(
            "GNM-2013",
            Severity.WARN,
            "there is no space for a checkpoint; until there is, memory for first overwrites may run out",
            "make room on the file system of the state directory; it is tried again every few seconds"),
    /** The one before still counts, and the log has everything since. */
    CHECKPOINT_NOT_READ_BACK(
            "GNM-2014",
            Severity.WARN,
            "a part of the index was written and could not be read back; it is written anew",
            "look for errors of the device that the state directory is on"),
    /** Told before it goes; the others stay. */
    COPY_DROPPED(
            "GNM-2020",
            Severity.WARN,
            "the oldest shadow copy of a volume is dropped because the diff area has no room",
            "raise the limit, keep fewer copies, or set another --when-full for the volume"),
    /** First overwrites are refused meanwhile. */
    COPY_NOT_DROPPED(
            "GNM-2021",
            Severity.ERROR,
            "a shadow copy should have been dropped to make room, and could not be",
            "look at the reason; delete shadow copies by hand"),
    /** Told when a threshold is passed upwards. */
    DIFF_AREA_FILLING(
            "GNM-2022",
            Severity.WARN,
            "the diff area is three quarters, or nine tenths, full",
            "raise the limit or delete shadow copies; gnomon diff-area show says how long it will last"),
    /** It is tried again every ten seconds. */
    DIFF_AREA_MOVE_WAITS(
            "GNM-2023",
            Severity.WARN,
            "a segment of the diff area cannot be moved to the other directory",
            "look at the reason; the segments are in use where they are, and gnomon diff-area move moves them back"),
    /** Invariant I7, of that overlay alone. */
    OVERLAY_FAILED(
            "GNM-2031",
            Severity.ERROR,
            "a write or flush of an overlay failed: acknowledged writes to it may be lost, and it refuses writes from now on",
            "mend the device of the store, then: gnomon copy overlay drop COPY; the copy itself is not concerned"),
    /** Found when it was opened. */
    OVERLAY_UNAVAILABLE(
            "GNM-2032",
            Severity.ERROR,
            "an overlay is damaged, or cannot be read, and is not served",
            "look at the reason; gnomon copy overlay drop COPY shows the content of the copy again"),
    /** The request failed, what was written before is kept. */
    OVERLAY_FULL(
            "GNM-2033",
            Severity.WARN,
            "a write to an overlay was refused for want of space, or of memory for the maps of overlays",
            "make room on the file system of the store, or seal or drop overlays"),
    /** It is tried again when the file is twice as large. */
    OVERLAY_NOT_COMPACTED(
            "GNM-2034",
            Severity.WARN,
            "the file of an overlay could not be compacted and goes on to grow",
            "look at the reason: often a full file system; no data is concerned"),
    /** It is tried again each second. */
    REVERT_WAITS(
            "GNM-2040",
            Severity.WARN,
            "a volume that is being reverted cannot get on",
            "look at the reason; the volume reads as the shadow copy meanwhile, and the revert goes on by itself"),
    /** Each place once per scrub, up to a thousand. */
    SCRUB_DAMAGE(
            "GNM-2050",
            Severity.ERROR,
            "a scrub found bytes that do not match their checksum, or cannot be read",
            "what is named cannot be read; restore it from elsewhere, and look at the device: more may be near"),
    /** Its shadow copies read from it what was not overwritten. */
    ORIGIN_CHANGED(
            "GNM-2060",
            Severity.ERROR,
            "the origin of a volume was changed while nobody served it; its shadow copies are suspect and not exported",
            "find out who did; delete the copies, or take them as they are: gnomon volume accept-changed VOLUME"),
    /** By {@code volume create} or {@code volume add}. */
    VOLUME_ADDED("GNM-2101", Severity.INFO, "a volume was registered", "nothing"),
    /** The origin stays. */
    VOLUME_REMOVED("GNM-2102", Severity.INFO, "a volume was removed; its origin stays", "nothing"),
    /** By an operator. */
    VOLUME_CLEARED("GNM-2103", Severity.INFO, "a volume that had failed accepts writes again", "nothing"),
    /** Durable. */
    SET_CREATED("GNM-2104", Severity.INFO, "a snapshot set was taken", "nothing"),
    /** Durable. */
    SET_DELETED("GNM-2105", Severity.INFO, "a snapshot set was deleted", "nothing"),
    /** Durable. */
    COPY_DELETED("GNM-2106", Severity.INFO, "a shadow copy was deleted", "nothing"),
    /** The end of GNM-2008 or GNM-2009. */
    VOLUME_SETTLES(
            "GNM-2107", Severity.INFO, "a volume that was degraded or starved takes all writes again", "nothing"),
    /** By {@code diff-area resize}. */
    DIFF_AREA_RESIZED("GNM-2108", Severity.INFO, "the limit of the diff area was changed", "nothing"),
    /** By {@code volume set}. */
    VOLUME_SET("GNM-2109", Severity.INFO, "properties of a volume were changed", "nothing"),
    /** By {@code diff-area move}. */
    DIFF_AREA_MOVING("GNM-2110", Severity.INFO, "the diff area is being moved to another directory", "nothing"),
    /** Nothing is left where it was. */
    DIFF_AREA_MOVED("GNM-2111", Severity.INFO, "the diff area was moved to another directory", "nothing"),
    /** Durable. */
    COPY_HELD(
            "GNM-2121",
            Severity.INFO,
            "a shadow copy is held: it is neither deleted nor dropped",
            "nothing; gnomon copy release COPY ends it"),
    /** Durable. */
    COPY_RELEASED("GNM-2122", Severity.INFO, "a shadow copy that was held may be deleted again", "nothing"),
    /** It can be written to. */
    OVERLAY_CREATED("GNM-2131", Severity.INFO, "a shadow copy got an overlay", "nothing"),
    /** The copy shows what it holds. */
    OVERLAY_SEALED("GNM-2132", Severity.INFO, "the overlay of a shadow copy was sealed", "nothing"),
    /** The copy shows its own content. */
    OVERLAY_DROPPED("GNM-2133", Severity.INFO, "the overlay of a shadow copy was discarded", "nothing"),
    /** The volume reads as the copy already. */
    REVERT_STARTED("GNM-2140", Severity.INFO, "a volume is being reverted to a shadow copy", "nothing"),
    /** The copy may be deleted again. */
    REVERT_DONE("GNM-2141", Severity.INFO, "a volume was reverted to a shadow copy", "nothing"),
    /** By {@code scrub start}. */
    SCRUB_STARTED("GNM-2150", Severity.INFO, "a scrub began", "nothing; gnomon scrub status follows it"),
    /** By itself, or by {@code scrub stop}. */
    SCRUB_ENDED("GNM-2151", Severity.INFO, "a scrub has compared everything, or was stopped", "nothing"),
    /** Durable. */
    VOLUME_RESIZED(
            "GNM-2160",
            Severity.INFO,
            "a volume has another size",
            "connect clients again: those that are connected keep the old size"),
    /** Durable. */
    CHANGE_ACCEPTED(
            "GNM-2161",
            Severity.INFO,
            "an operator takes the shadow copies of a volume whose origin was changed as they are",
            "nothing"),
    /** One connection is concerned. */
    NBD_DEFECT(
            "GNM-3001",
            Severity.ERROR,
            "an NBD client was cut by a defect of the service",
            "report it, with the log of --debug; the client may connect again"),
    /** The accepting thread goes on. */
    NBD_ACCEPT_FAILED(
            "GNM-3002",
            Severity.WARN,
            "an NBD client could not be accepted",
            "look at the reason: often too few file descriptors"),
    /** One connection is concerned. */
    NBD_CLIENT_NOT_SERVED(
            "GNM-3003",
            Severity.ERROR,
            "an NBD client was accepted and could not be served",
            "look at the reason: often too few threads or too little memory"),
    /** A socket file may be left. */
    NBD_CLOSE_FAILED("GNM-3004", Severity.WARN, "an NBD address did not close cleanly", "nothing"),
    /** The engine does not answer. */
    NBD_STILL_WAITING(
            "GNM-3005",
            Severity.WARN,
            "requests of NBD clients still waited for the engine when the server was closed",
            "look for a device that does not answer"),
    /** One connection is concerned. */
    NBD_NO_MEMORY(
            "GNM-3006",
            Severity.ERROR,
            "an NBD client was cut for want of memory",
            "give the process more memory, or admit fewer clients"),
    /** Only with --allow-remote. */
    NBD_OPEN_TO_ALL(
            "GNM-3007",
            Severity.WARN,
            "an NBD address can be reached from other machines, and clients need not prove who they are",
            "use --tls required with --tls-client-ca, or make sure that the network is trusted"),
    /** One connection is concerned; after five within a minute the next wait. */
    VSS_WRONG_PROOF(
            "GNM-3201",
            Severity.WARN,
            "a process tried to use the VSS channel and does not know its secret",
            "look for a program that scans ports; if it was the COM shim, see that it reads the channel file of this service"),
    /** One connection is concerned; unfinished sets of that process are discarded. */
    VSS_CHANNEL_VIOLATED(
            "GNM-3202",
            Severity.WARN,
            "a connection of the VSS channel was closed: the other side broke its protocol",
            "see that COM shim and service are of the same version"),
    /** One call or connection is concerned. */
    VSS_CHANNEL_DEFECT(
            "GNM-3203",
            Severity.ERROR,
            "a call of VSS failed by a defect of the service",
            "report it, with the log of --debug"),
    /** The accepting thread goes on. */
    VSS_ACCEPT_FAILED(
            "GNM-3204",
            Severity.WARN,
            "a connection of the VSS channel could not be accepted",
            "look at the reason: often too few file descriptors"),
    /** A later start replaces it. */
    VSS_CHANNEL_FILE_LEFT(
            "GNM-3205", Severity.WARN, "the file of the VSS channel could not be removed at a stop", "delete it"),
    /** Only if the configuration allows faults. */
    VSS_FAULT_ADDED(
            "GNM-3206",
            Severity.WARN,
            "VSS calls go wrong on purpose, for a test",
            "nothing; gnomon fault clear ends it"),
    /** By {@code fault clear}. */
    VSS_FAULTS_CLEARED("GNM-3207", Severity.INFO, "all faults of VSS calls were ended", "nothing"),
    /** The service is gone right after it. */
    VSS_FAULT_KILLED("GNM-3208", Severity.WARN, "the service ended itself, for a test", "start it again"),
    /** Of a call of VSS; the answer was VSS_E_PROVIDER_VETO. */
    VSS_VETO(
            "GNM-4001",
            Severity.WARN,
            "the VSS provider vetoed a call",
            "look at the reason; when it is mended make the backup again"),
    /** Nothing of it is left. */
    VSS_SET_DISCARDED(
            "GNM-4002",
            Severity.WARN,
            "a snapshot set of VSS was discarded because nobody went on with it",
            "look why the backup program or the VSS service ended"),
    /** It is invisible to VSS, and takes space. */
    VSS_LEFTOVER(
            "GNM-4003",
            Severity.ERROR,
            "something of a snapshot set of VSS could not be removed or finished",
            "look at the reason, then: gnomon set delete SET"),
    /** The next one may be too late. */
    VSS_COMMIT_SLOW(
            "GNM-4004",
            Severity.WARN,
            "CommitSnapshots took more than 3 s; after 6 s the set is discarded",
            "look what else the machine was doing at that time"),
    /** It is visible all the same. */
    VSS_IDENTITY_KEPT(
            "GNM-4005",
            Severity.WARN,
            "a shadow copy has the same disk identity as its volume, because that could not be changed safely",
            "look at the reason and repair the partition table of the volume; Windows may keep the copy's disk offline"),
    /** While a set is made whose other volumes are held, what was acknowledged there waits for its flush. */
    VSS_MAY_HOLD(
            "GNM-4006",
            Severity.WARN,
            "an origin, or the diff area, lies on a volume of this Windows, which VSS may hold writes to",
            "keep that volume out of sets with Gnomon's, or move what lies there to another disk"),
    /** VSS is told that it is not supported; once for each of its names. */
    VSS_VOLUME_UNKNOWN(
            "GNM-4007",
            Severity.WARN,
            "Windows did not say which disk a volume lies on; it counts as not Gnomon's",
            "look at the reason; if it is a volume of Gnomon see that its disk is connected"),
    /** Its blocks change, and the requester believes that they do not. */
    VSS_REVERT_LATE(
            "GNM-4008",
            Severity.ERROR,
            "a revert began after VSS had been told that it did not begin in time",
            "it cannot be ended; look how far it is with: gnomon volume show VOLUME"),
    /** It is durable. */
    VSS_SET_CREATED("GNM-4101", Severity.INFO, "a snapshot set was created through VSS", "nothing"),
    /** As their contexts say. */
    VSS_COPIES_REMOVED(
            "GNM-4102",
            Severity.INFO,
            "shadow copies of VSS that do not outlive a start of the operating system were deleted",
            "nothing");

    private final String id;
    private final Severity severity;
    private final String meaning;
    private final String action;

    EventId(String id, Severity severity, String meaning, String action) {
        this.id = id;
        this.severity = severity;
        this.meaning = meaning;
        this.action = action;
    }

    /** Returns the stable id, such as {@code GNM-2001}. */
    public String id() {
        return id;
    }

    /** Returns how much it matters. */
    public Severity severity() {
        return severity;
    }

    /** Returns what happened, in one sentence without the end. */
    public String meaning() {
        return meaning;
    }

    /** Returns what the operator can do. */
    public String action() {
        return action;
    }

    /**
     * Returns whether one cause may tell it without end, such as each read of a damaged place. What repeats within a
     * minute is then counted instead of told.
     */
    public boolean mayRepeat() {
        return switch (this) {
            case CONTROL_ACCEPT_FAILED,
                    CONTROL_DEFECT,
                    VSS_VETO,
                    COPY_UNREADABLE,
                    EVENT_FILE_FAILED,
                    OVERLAY_FULL,
                    NBD_DEFECT,
                    NBD_ACCEPT_FAILED,
                    NBD_CLIENT_NOT_SERVED,
                    NBD_NO_MEMORY,
                    VSS_WRONG_PROOF,
                    VSS_CHANNEL_VIOLATED,
                    VSS_CHANNEL_DEFECT,
                    VSS_ACCEPT_FAILED -> true;
            default -> false;
        };
    }

    /** Returns the event with that id, in upper or lower case. */
    public static Optional<EventId> of(String id) {
        for (EventId each : values()) {
            if (each.id.equalsIgnoreCase(id)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
