/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.Json;
import dev.gnomon.control.Request;
import dev.gnomon.control.Results;
import dev.gnomon.control.VolumeView;
import dev.gnomon.control.client.ControlClient;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands on volumes. */
@Command(
        name = "volume",
        header = "Create, register, list, resize and remove volumes.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class VolumeCommands extends GnomonCommand.Group {
    private static final String NAME_HELP = "Name of the volume: 1 to 64 of A-Z a-z 0-9 . _ -";

    VolumeCommands(GnomonCommand root, Session session) {
        super(root, session);
    }

    @Command(
            name = "create",
            header = "Create an origin file and register it as a volume.",
            description = "The space is reserved at once unless --sparse is given. The volume reads as zeros.",
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  gnomon volume create data --size 10G",
                "  gnomon volume create log --size 2G --path /srv/log.raw --sparse"
            })
    int create(
            @Parameters(paramLabel = "NAME", description = NAME_HELP) String name,
            @Option(
                            names = "--size",
                            required = true,
                            paramLabel = "SIZE",
                            converter = Sizes.class,
                            description =
                                    "Size from 1M to 64T, a multiple of 512 bytes; K, M, G, T are powers of 1024.")
                    Long size,
            @Option(
                            names = "--path",
                            paramLabel = "FILE",
                            defaultValue = "",
                            description =
                                    "Where to create the file (default: volumes/NAME.raw in the state directory).")
                    String path,
            @Option(
                            names = "--sparse",
                            description = "Take space only as it is written; writes may then fail for want" + " of it.")
                    boolean sparse,
            @Option(
                            names = "--allow-system-volume",
                            description = "On Windows: even on the volume that Windows runs from, which VSS holds"
                                    + " writes to in nearly every backup.")
                    boolean allowSystemVolume,
            @Mixin Output output)
            throws ControlException {
        String absolute = path.isEmpty() ? "" : Session.absolute("path", path);
        return added(
                ask(client -> client.add(new Request.VolumeCreate(name, absolute, size, sparse, allowSystemVolume))),
                output);
    }

    @Command(
            name = "add",
            header = "Register an existing raw file or block device as a volume.",
            description = "Its content becomes the volume's and is not changed.",
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {"  gnomon volume add data --path /srv/data.raw", "  gnomon volume add disk --path /dev/vdb"})
    int add(
            @Parameters(paramLabel = "NAME", description = NAME_HELP) String name,
            @Option(
                            names = "--path",
                            required = true,
                            paramLabel = "FILE",
                            description = "The raw file or block device; a multiple of 512 bytes, at least 1M.")
                    String path,
            @Option(
                            names = "--allow-system-volume",
                            description = "On Windows: even on the volume that Windows runs from, which VSS holds"
                                    + " writes to in nearly every backup.")
                    boolean allowSystemVolume,
            @Mixin Output output)
            throws ControlException {
        String absolute = Session.absolute("path", path);
        return added(ask(client -> client.add(new Request.VolumeAdd(name, absolute, allowSystemVolume))), output);
    }

    private int added(ControlClient.Added added, Output output) {
        VolumeView volume = added.volume();
        output.print(session().out(), () -> Results.volume(volume, added.warning()), out -> details(volume, out));
        if (!added.warning().isEmpty()) {
            session().err().println("gnomon: warning: " + added.warning());
        }
        return ExitCode.DONE.number();
    }

    @Command(name = "list", header = "List all volumes.", optionListHeading = "%nOptions:%n")
    int list(@Mixin Output output) throws ControlException {
        List<VolumeView> volumes = ask(client -> client.volumes());
        output.print(session().out(), () -> Results.volumes(volumes), out -> table(volumes, out));
        return ExitCode.DONE.number();
    }

    @Command(name = "show", header = "Show one volume.", optionListHeading = "%nOptions:%n")
    int show(@Parameters(paramLabel = "NAME", description = NAME_HELP) String name, @Mixin Output output)
            throws ControlException {
        VolumeView volume = ask(client -> client.volume(name));
        output.print(session().out(), () -> Results.volume(volume), out -> details(volume, out));
        return ExitCode.DONE.number();
    }

    @Command(
            name = "remove",
            header = "Forget a volume; its file or device stays as it is.",
            description = "The volume must have no shadow copies and no clients.",
            optionListHeading = "%nOptions:%n")
    int remove(
            @Parameters(paramLabel = "NAME", description = NAME_HELP) String name,
            @Mixin Caution caution,
            @Mixin Output output)
            throws ControlException {
        if (caution.asks(session(), "volume remove") || caution.dryRun()) {
            VolumeView volume = ask(client -> client.volume(name));
            requireRemovable(volume);
            if (caution.dryRun()) {
                output.print(
                        session().out(),
                        () -> Results.volume(volume).put("dryRun", true),
                        out -> printRemoval(volume, out));
                return ExitCode.DONE.number();
            }
            printRemoval(volume, session().err());
            Caution.confirm(session(), "Remove volume " + name + "?");
        }
        ask(client -> {
            client.removeVolume(name);
            return name;
        });
        output.print(
                session().out(),
                () -> Json.object().put("removed", name),
                out -> out.println("Removed volume " + name + "; its origin stays."));
        return ExitCode.DONE.number();
    }

    private static void requireRemovable(VolumeView volume) throws ControlException {
        if (volume.copies() > 0) {
            throw new ControlException(
                    ErrorKind.WRONG_STATE,
                    "volume " + volume.name() + " has " + volume.copies() + " shadow copies; delete them first");
        }
        if (volume.clients() > 0) {
            throw new ControlException(
                    ErrorKind.REFUSED, "volume " + volume.name() + " has " + volume.clients() + " clients connected");
        }
    }

    private static void printRemoval(VolumeView volume, PrintWriter out) {
        out.println("Would forget volume " + volume.name() + " of " + Sizes.human(volume.sizeBytes()) + ", after "
                + Sizes.human(volume.unsettledBytes()) + " of unsettled data went to its origin; " + volume.origin()
                + " stays.");
    }

    @Command(
            name = "accept-changed",
            header = "Export the shadow copies of a volume whose origin was changed behind its back.",
            description =
                    "Where the change is in parts that were not overwritten since, the copies show it: they are not"
                            + " what they were.",
            optionListHeading = "%nOptions:%n")
    int acceptChanged(@Parameters(paramLabel = "NAME", description = NAME_HELP) String name, @Mixin Output output)
            throws ControlException {
        VolumeView volume = ask(client -> client.acceptChanged(name));
        output.print(session().out(), () -> Results.volume(volume), out -> details(volume, out));
        return ExitCode.DONE.number();
    }

    @Command(
            name = "resize",
            header = "Give a volume another size.",
            description = {
                "A volume grows while it is served; what is added reads as zeros, and clients see it when they connect"
                        + " again. Of a block device at most what the device has.",
                "It shrinks only without shadow copies, bookmarks and clients; what was behind the new end is gone."
            },
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExample:%n",
            footer = "  gnomon volume resize data 20G")
    int resize(
            @Parameters(paramLabel = "NAME", description = NAME_HELP) String name,
            @Parameters(
                            paramLabel = "SIZE",
                            converter = Sizes.class,
                            description =
                                    "Size from 1M to 64T, a multiple of 512 bytes; K, M, G, T are powers of 1024.")
                    Long size,
            @Option(names = "--sparse", description = "Take space for what is added only as it is written.")
                    boolean sparse,
            @Mixin Caution caution,
            @Mixin Output output)
            throws ControlException {
        VolumeView before = ask(client -> client.volume(name));
        boolean destroys = size < before.sizeBytes();
        String text = "Would resize volume " + name + " from " + before.sizeBytes() + " to " + size + " bytes"
                + (destroys ? "; the last " + (before.sizeBytes() - size) + " bytes of it would be gone." : ".");
        if (caution.dryRun()) {
            output.print(session().out(), () -> Results.volume(before).put("dryRun", true), out -> out.println(text));
            return ExitCode.DONE.number();
        }
        if (destroys && caution.asks(session(), "volume resize to a smaller size")) {
            session().err().println(text);
            Caution.confirm(session(), "Shrink volume " + name + "?");
        }
        VolumeView volume = ask(client -> client.resizeVolume(name, size, sparse));
        output.print(session().out(), () -> Results.volume(volume), out -> details(volume, out));
        return ExitCode.DONE.number();
    }

    @Command(
            name = "clear",
            header = "Let a volume that failed a flush accept writes again.",
            description = "What was written since the last good flush may be lost: check the data on it first.",
            optionListHeading = "%nOptions:%n")
    int clear(@Parameters(paramLabel = "NAME", description = NAME_HELP) String name, @Mixin Output output)
            throws ControlException {
        VolumeView volume = ask(client -> client.clearVolume(name));
        output.print(session().out(), () -> Results.volume(volume), out -> details(volume, out));
        return ExitCode.DONE.number();
    }

    @Command(
            name = "set",
            header = "Set what a volume does in some cases.",
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  gnomon volume set data --when-full hold --hold-seconds 60",
                "  gnomon volume set data --when-full drop-oldest",
                "  gnomon volume set data --diff-limit 20G",
                "  gnomon volume set data --write-through on"
            })
    int set(
            @Parameters(paramLabel = "NAME", description = NAME_HELP) String name,
            @Option(
                            names = "--when-full",
                            paramLabel = "POLICY",
                            defaultValue = "",
                            description = "What becomes of first overwrites when the diff area has no room: drop-oldest"
                                    + " (shadow copies go, oldest first), hold (they wait, then fail), refuse (they"
                                    + " fail, and no new set is taken).")
                    String whenFull,
            @Option(
                            names = "--hold-seconds",
                            paramLabel = "SECONDS",
                            defaultValue = "",
                            description = "How long they are held: 1 to 3600 (default: 30).")
                    String holdSeconds,
            @Option(
                            names = "--diff-limit",
                            paramLabel = "SIZE",
                            converter = DiffAreaCommands.Limit.class,
                            description = "How much of the diff area its shadow copies may take, 1M or more; or"
                                    + " \"none\" (default: none). When that is used, --when-full decides.")
                    @Nullable
                    Long diffLimit,
            @Option(
                            names = "--write-through",
                            paramLabel = "on|off",
                            defaultValue = "",
                            description =
                                    "on: a first overwrite is acknowledged only when what it overwrites is durably"
                                            + " preserved and its bytes are in the origin; slower. off: as soon as it is in the"
                                            + " staging chain (default: off).")
                    String writeThrough,
            @Mixin Output output)
            throws ControlException {
        Map<String, String> properties = new TreeMap<>();
        if (diffLimit != null) {
            properties.put("diff-limit", diffLimit == 0 ? "" : Long.toString(diffLimit));
        }
        if (!whenFull.isEmpty()) {
            properties.put("when-full", whenFull);
        }
        if (!holdSeconds.isEmpty()) {
            properties.put("hold-seconds", holdSeconds);
        }
        if (!writeThrough.isEmpty()) {
            properties.put("write-through", writeThrough);
        }
        if (properties.isEmpty()) {
            throw usage("set", "Missing property; name one or more of the options");
        }
        VolumeView volume = ask(client -> client.setVolume(name, properties));
        output.print(session().out(), () -> Results.volume(volume), out -> details(volume, out));
        return ExitCode.DONE.number();
    }

    private static String shown(String key, String value) {
        return key.equals("diff-limit") && value.matches("\\d{1,18}") ? Sizes.human(Long.parseLong(value)) : value;
    }

    private static void table(List<VolumeView> volumes, PrintWriter out) {
        Table table = new Table("NAME", "SIZE", "STATE", "COPIES", "PRESERVED", "CLIENTS", "ORIGIN");
        for (VolumeView volume : volumes) {
            table.row(
                    volume.name(),
                    Sizes.human(volume.sizeBytes()),
                    volume.state().name(),
                    Integer.toString(volume.copies()),
                    Sizes.human(volume.preservedBytes()),
                    Integer.toString(volume.clients()),
                    volume.origin());
        }
        table.print(out);
    }

    private static void details(VolumeView volume, PrintWriter out) {
        Details details = new Details();
        details.line("name", volume.name());
        details.line("id", volume.id().toString());
        details.line("size", Sizes.human(volume.sizeBytes()) + " (" + volume.sizeBytes() + " bytes)");
        details.line("state", volume.state().name());
        details.line("reason", volume.stateReason());
        details.line("origin", volume.origin());
        details.line("changed while not served", volume.originChange());
        details.line("live epoch", Long.toString(volume.liveEpoch()));
        details.line("shadow copies", Integer.toString(volume.copies()));
        details.line("preserved", Sizes.human(volume.preservedBytes()));
        details.line("unsettled", Sizes.human(volume.unsettledBytes()) + " that the origin alone does not hold yet");
        details.line("clients", Integer.toString(volume.clients()));
        new TreeMap<>(volume.properties()).forEach((key, value) -> details.line(key, shown(key, value)));
        details.print(out);
    }
}
