/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.client;

import dev.gnomon.control.CallView;
import dev.gnomon.control.ClientView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.CopyView;
import dev.gnomon.control.DiffAreaView;
import dev.gnomon.control.DiffView;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.EventView;
import dev.gnomon.control.FaultView;
import dev.gnomon.control.FrameChannel;
import dev.gnomon.control.Json;
import dev.gnomon.control.MovePlanView;
import dev.gnomon.control.Protocol;
import dev.gnomon.control.Reply;
import dev.gnomon.control.Request;
import dev.gnomon.control.RequestCodec;
import dev.gnomon.control.Results;
import dev.gnomon.control.RevertView;
import dev.gnomon.control.ScrubView;
import dev.gnomon.control.ServiceView;
import dev.gnomon.control.SetCreatedView;
import dev.gnomon.control.SetView;
import dev.gnomon.control.StatsReport;
import dev.gnomon.control.VerifyView;
import dev.gnomon.control.VolumeView;
import dev.gnomon.ipc.Link;
import dev.gnomon.ipc.SocketLink;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A connection to a running service. Owned by one thread. After a failure that is not an answer of the service (kinds
 * PROTOCOL, BUSY and UNREACHABLE) it is of no further use.
 */
public final class ControlClient implements AutoCloseable {
    /** How long an answer may take: allocating a large origin, or making everything durable at a stop, takes a while. */
    public static final int REPLY_TIMEOUT_MS = 600_000;

    private final Path stateDirectory;
    private final FrameChannel frames;
    private long lastId;

    private ControlClient(Path stateDirectory, FrameChannel frames) {
        this.stateDirectory = stateDirectory;
        this.frames = frames;
    }

    /** Makes a connection; where and how depends on the system. */
    @FunctionalInterface
    public interface Dialer {
        /** Connects. */
        Link dial() throws IOException;
    }

    /**
     * Connects to the service of a state directory by its Unix socket.
     *
     * @throws ControlException of kind UNREACHABLE if none answers, of kind PERMISSION if the system forbids it
     */
    public static ControlClient connect(Path stateDirectory) throws ControlException {
        Path path = Protocol.socketPath(stateDirectory);
        return connect(stateDirectory, path.toString(), () -> {
            requireSocket(path);
            SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                socket.connect(UnixDomainSocketAddress.of(path));
            } catch (IOException e) {
                socket.close();
                throw e;
            }
            return new SocketLink(socket);
        });
    }

    /**
     * Connects to the service of a state directory in another way.
     *
     * @param address that is dialled, for people
     * @throws ControlException of kind UNREACHABLE if none answers, of kind PERMISSION if the system forbids it
     */
    public static ControlClient connect(Path stateDirectory, String address, Dialer dialer) throws ControlException {
        try {
            return new ControlClient(stateDirectory, new FrameChannel(dialer.dial()));
        } catch (AccessDeniedException e) {
            throw new ControlException(
                    ErrorKind.PERMISSION,
                    address + ": permission denied; a service is controlled by the user that runs it, or root",
                    e);
        } catch (NoSuchFileException e) {
            throw unreachable(stateDirectory, address, "no such socket", e);
        } catch (IOException e) {
            throw unreachable(stateDirectory, address, String.valueOf(e.getMessage()), e);
        }
    }

    /** Creates an origin and registers it; an empty path leaves the place to the service. */
    public VolumeView createVolume(String name, String path, long sizeBytes, boolean sparse) throws ControlException {
        return Results.toVolume(ask(new Request.VolumeCreate(name, path, sizeBytes, sparse)));
    }

    /** Registers an existing file or block device. */
    public VolumeView addVolume(String name, String path) throws ControlException {
        return Results.toVolume(ask(new Request.VolumeAdd(name, path)));
    }

    /**
     * A volume that was created or registered.
     *
     * @param warning what is wrong with the place of its origin, empty if nothing
     */
    public record Added(VolumeView volume, String warning) {}

    /** Creates an origin and registers it. */
    public Added add(Request.VolumeCreate request) throws ControlException {
        return added(ask(request));
    }

    /** Registers an existing file or block device. */
    public Added add(Request.VolumeAdd request) throws ControlException {
        return added(ask(request));
    }

    private static Added added(ObjectNode result) throws ControlException {
        return new Added(Results.toVolume(result), Results.toWarning(result));
    }

    /** Returns all volumes, sorted by name. */
    public List<VolumeView> volumes() throws ControlException {
        return list(new Request.VolumeList(), Results::toVolumes);
    }

    /** Returns one volume. */
    public VolumeView volume(String name) throws ControlException {
        return Results.toVolume(ask(new Request.VolumeShow(name)));
    }

    /** Forgets a volume; its origin stays. */
    public void removeVolume(String name) throws ControlException {
        ask(new Request.VolumeRemove(name));
    }

    /** Lets a volume that failed a flush accept writes again. */
    public VolumeView clearVolume(String name) throws ControlException {
        return Results.toVolume(ask(new Request.VolumeClear(name)));
    }

    /** Lets copies be read of a volume whose origin was changed while nobody served it. */
    public VolumeView acceptChanged(String name) throws ControlException {
        return Results.toVolume(ask(new Request.VolumeAcceptChanged(name)));
    }

    /** Gives properties of a volume other values. */
    public VolumeView setVolume(String name, Map<String, String> properties) throws ControlException {
        return Results.toVolume(ask(new Request.VolumeSet(name, properties)));
    }

    /** Gives a volume another size. */
    public VolumeView resizeVolume(String name, long sizeBytes, boolean sparse) throws ControlException {
        return Results.toVolume(ask(new Request.VolumeResize(name, sizeBytes, sparse)));
    }

    /** Takes a snapshot set. */
    public SetCreatedView createSet(Request.SetCreate request) throws ControlException {
        return Results.toSetCreated(ask(request));
    }

    /** Returns all sets, oldest first. */
    public List<SetView> sets() throws ControlException {
        return list(new Request.SetList(), Results::toSets);
    }

    /** Returns one set. */
    public SetView set(String reference) throws ControlException {
        return Results.toSet(ask(new Request.SetShow(reference)));
    }

    /** Deletes a set with all its copies; returns what it was. */
    public SetView deleteSet(String reference) throws ControlException {
        return Results.toSet(ask(new Request.SetDelete(reference)));
    }

    /** Returns the shadow copies, oldest first, of one volume if it is named. */
    public List<CopyView> copies(String volume) throws ControlException {
        return list(new Request.CopyList(volume), Results::toCopies);
    }

    /** Returns one shadow copy. */
    public CopyView copy(String reference) throws ControlException {
        return Results.toCopy(ask(new Request.CopyShow(reference)));
    }

    /** Deletes one shadow copy; returns what it was. */
    public CopyView deleteCopy(String reference) throws ControlException {
        return Results.toCopy(ask(new Request.CopyDelete(reference)));
    }

    /**
     * Returns a part of what changed between two copies of a volume, or since one.
     *
     * @param other empty for the live volume
     * @param offsetBytes 0, or where the part before ended
     */
    public DiffView diff(String copy, String other, long offsetBytes) throws ControlException {
        return DiffView.from(ask(new Request.CopyDiff(copy, other, offsetBytes)));
    }

    /**
     * Has the checksums recomputed of what a copy reads from the store.
     *
     * @param offsetBytes 0, or where the part before ended
     */
    public VerifyView verify(String copy, long offsetBytes) throws ControlException {
        return VerifyView.from(ask(new Request.CopyVerify(copy, offsetBytes)));
    }

    /** Deletes one shadow copy and keeps a bookmark of it; returns what it was. */
    public CopyView bookmarkCopy(String reference) throws ControlException {
        return Results.toCopy(ask(new Request.CopyBookmark(reference)));
    }

    /** Returns the bookmarks, oldest first, of one volume if it is named. */
    public List<CopyView> bookmarks(String volume) throws ControlException {
        return list(new Request.BookmarkList(volume), Results::toCopies);
    }

    /** Keeps one shadow copy from being deleted; the reason may be empty. */
    public CopyView holdCopy(String reference, String reason) throws ControlException {
        return Results.toCopy(ask(new Request.CopyHold(reference, reason)));
    }

    /** Lets one shadow copy be deleted again. */
    public CopyView releaseCopy(String reference) throws ControlException {
        return Results.toCopy(ask(new Request.CopyRelease(reference)));
    }

    /** Returns how the space of the diff area is used. */
    public DiffAreaView diffArea() throws ControlException {
        return Results.toDiffArea(ask(new Request.DiffAreaShow()));
    }

    /** Sets how much space the diff area may take; 0 for no limit. */
    public DiffAreaView resizeDiffArea(long limitBytes) throws ControlException {
        return Results.toDiffArea(ask(new Request.DiffAreaResize(limitBytes)));
    }

    /** Begins to move the segments of the diff area to another directory, an absolute path. */
    public DiffAreaView moveDiffArea(String path) throws ControlException {
        return Results.toDiffArea(ask(new Request.DiffAreaMove(path, false)));
    }

    /** Returns what such a move would do. */
    public MovePlanView planDiffAreaMove(String path) throws ControlException {
        return Results.toMovePlan(ask(new Request.DiffAreaMove(path, true)));
    }

    /** Makes, seals or drops the overlay of a shadow copy; returns the copy as it is now. */
    public CopyView overlay(String reference, Request.OverlayStep step) throws ControlException {
        return Results.toCopy(ask(new Request.Overlay(reference, step)));
    }

    /** Begins to revert a volume to one of its copies; it reads as the copy when this returns. */
    public RevertView revert(String reference, boolean force) throws ControlException {
        return Results.toRevert(ask(new Request.CopyRevert(reference, force, false)));
    }

    /** Returns what a revert would have to do. */
    public RevertView planRevert(String reference) throws ControlException {
        return Results.toRevert(ask(new Request.CopyRevert(reference, false, true)));
    }

    /** Returns the reverts that are going on. */
    public List<RevertView> reverts() throws ControlException {
        return list(new Request.RevertList(), Results::toReverts);
    }

    /** Begins a scrub. */
    public ScrubView startScrub() throws ControlException {
        return Results.toScrub(ask(new Request.Scrub(Request.ScrubStep.START)));
    }

    /** Returns how far the last scrub has come, and what it found. */
    public ScrubView scrub() throws ControlException {
        return Results.toScrub(ask(new Request.Scrub(Request.ScrubStep.STATUS)));
    }

    /** Ends the scrub that goes on. */
    public ScrubView stopScrub() throws ControlException {
        return Results.toScrub(ask(new Request.Scrub(Request.ScrubStep.STOP)));
    }

    /** Returns the events that are kept, oldest first, with a sequence above one and not before a time. */
    public List<EventView> events(long afterSequence, Instant since) throws ControlException {
        return list(new Request.EventList(afterSequence, since), Results::toEvents);
    }

    /** Has calls of VSS go wrong; an empty volume stands for all. */
    public FaultView addFault(String call, String action, int times, String volume) throws ControlException {
        return Results.toFault(ask(new Request.FaultAdd(call, action, times, volume)));
    }

    /** Returns the faults in force. */
    public List<FaultView> faults() throws ControlException {
        return list(new Request.FaultList(), Results::toFaults);
    }

    /** Ends all faults; returns how many there were. */
    public long clearFaults() throws ControlException {
        return Results.toCleared(ask(new Request.FaultClear()));
    }

    /** Returns the calls of VSS that are kept, in the order of their answers, with a sequence above one. */
    public List<CallView> calls(long afterSequence) throws ControlException {
        return list(new Request.TraceList(afterSequence), Results::toCalls);
    }

    /** Forgets the calls of VSS that are kept. */
    public void clearCalls() throws ControlException {
        ask(new Request.TraceClear());
    }

    /** Returns what the service is and does. */
    public ServiceView status() throws ControlException {
        return Results.toService(ask(new Request.ServiceStatus()));
    }

    /** Returns everything that the service counts and measures. */
    public StatsReport stats() throws ControlException {
        return Results.toStats(ask(new Request.ServiceStats()));
    }

    /** Returns the clients that have an export open. */
    public List<ClientView> clients() throws ControlException {
        return list(new Request.ServiceClients(), Results::toClients);
    }

    /**
     * Stops the service; returns when everything is durable and released.
     *
     * @param force even while the service's machine uses volumes
     * @throws ControlException of kind REFUSED, naming clients, if it does and that was not forced
     */
    public void stop(boolean force) throws ControlException {
        ask(new Request.ServiceStop(force));
    }

    /** Stops the service, whoever uses it; returns when everything is durable and released. */
    public void stop() throws ControlException {
        stop(true);
    }

    @Override
    public void close() {
        try {
            frames.close();
        } catch (IOException e) {
            // The connection is of no further use either way.
        }
    }

    private ObjectNode ask(Request request) throws ControlException {
        return parts(request).getLast();
    }

    private <T> List<T> list(Request request, PartReader<T> reader) throws ControlException {
        List<T> items = new ArrayList<>();
        for (ObjectNode part : parts(request)) {
            items.addAll(reader.read(part));
        }
        return items;
    }

    /** Sends a request and returns all parts of its answer, at least one. */
    private List<ObjectNode> parts(Request request) throws ControlException {
        RequestCodec.check(request);
        long id = ++lastId;
        try {
            send(Json.toBytes(RequestCodec.encode(id, request)));
            List<ObjectNode> parts = new ArrayList<>();
            while (true) {
                switch (receive()) {
                    case Reply.Failure failure -> throw new ControlException(failure.kind(), failure.message());
                    case Reply.Result result -> {
                        if (result.id() != id) {
                            throw new ControlException(
                                    ErrorKind.PROTOCOL, "id: " + result.id() + " in a reply; allowed is " + id);
                        }
                        parts.add(result.result());
                        if (!result.more()) {
                            return parts;
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw unreachable(
                    stateDirectory,
                    stateDirectory.toString(),
                    "the connection ended before the answer: " + e.getMessage(),
                    e);
        }
    }

    /** Sends a frame. A service that refuses the connection closes it at once: its reason is still there to be read. */
    private void send(byte[] frame) throws ControlException, IOException {
        try {
            frames.write(frame, Protocol.FRAME_TIMEOUT_MS);
        } catch (IOException e) {
            if (receive() instanceof Reply.Failure failure) {
                throw new ControlException(failure.kind(), failure.message(), e);
            }
            throw e;
        }
    }

    private Reply receive() throws IOException, ControlException {
        byte @Nullable [] frame = frames.read(REPLY_TIMEOUT_MS, Protocol.FRAME_TIMEOUT_MS);
        if (frame == null) {
            throw new IOException("closed by the service");
        }
        return Reply.fromJson(Json.parseObject(frame));
    }

    /** Tells a missing socket from one that may not be reached, which a failed connect does not. */
    private static void requireSocket(Path path) throws IOException {
        Files.getLastModifiedTime(path);
        if (!Files.isWritable(path)) {
            throw new AccessDeniedException(path.toString());
        }
    }

    private static ControlException unreachable(Path stateDirectory, String address, String reason, Throwable cause) {
        return new ControlException(
                ErrorKind.UNREACHABLE,
                address + ": no service answers (" + reason + "); start one with: gnomon service run --state "
                        + stateDirectory,
                cause);
    }

    /** Reads one part of a list. */
    private interface PartReader<T> {
        List<T> read(ObjectNode part) throws ControlException;
    }
}
