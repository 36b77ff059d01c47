/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.Request;
import dev.gnomon.control.Results;
import dev.gnomon.control.SetCreatedView;
import dev.gnomon.control.SetView;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands on snapshot sets. */
@Command(
        name = "set",
        header = "Take, list and delete snapshot sets.",
        description = {"", "A snapshot set is one shadow copy of each of its volumes, all of one instant."},
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class SetCommands extends GnomonCommand.Group {
    private static final double NANOS_PER_MILLISECOND = 1e6;

    SetCommands(GnomonCommand root, Session session) {
        super(root, session);
    }

    @Command(
            name = "create",
            header = "Take one shadow copy of each volume, all at one instant.",
            description = "Either all copies are taken or none. Clients may go on writing.",
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  gnomon set create data log",
                "  gnomon set create --volume data --volume log --name nightly --attr job=backup"
            })
    int create(
            @Parameters(
                            paramLabel = "VOLUME",
                            arity = "0..*",
                            description = "Volumes to copy, 1 to 64 together with those of --volume.")
                    @Nullable
                    List<String> volumes,
            @Option(names = "--volume", paramLabel = "VOLUME", description = "The same, as an option.") @Nullable
                    List<String> named,
            @Option(
                            names = "--name",
                            paramLabel = "NAME",
                            defaultValue = "",
                            description = "Name of the set and of each copy in it.")
                    String name,
            @Option(
                            names = "--attr",
                            paramLabel = "KEY=VALUE",
                            description = "Attribute to keep with the set, up to 32.")
                    @Nullable
                    List<String> attributes,
            @Mixin Output output)
            throws ControlException {
        List<String> all = new ArrayList<>(volumes == null ? List.of() : volumes);
        all.addAll(named == null ? List.of() : named);
        if (all.isEmpty()) {
            throw usage("create", "Missing volume; name 1 to 64 volumes");
        }
        Request.SetCreate request =
                new Request.SetCreate(all, name, attributes(attributes == null ? List.of() : attributes));
        SetCreatedView created = ask(client -> client.createSet(request));
        output.print(session().out(), created::toJson, out -> {
            details(created.set(), out);
            out.println(String.format(
                    Locale.ROOT,
                    "Writes were held for %.3f ms; the set was durable after %.1f ms.",
                    created.heldNanos() / NANOS_PER_MILLISECOND,
                    created.totalNanos() / NANOS_PER_MILLISECOND));
        });
        return ExitCode.DONE.number();
    }

    @Command(name = "list", header = "List all snapshot sets, oldest first.", optionListHeading = "%nOptions:%n")
    int list(@Mixin Output output) throws ControlException {
        List<SetView> sets = ask(client -> client.sets());
        output.print(session().out(), () -> Results.sets(sets), out -> table(sets, out));
        return ExitCode.DONE.number();
    }

    @Command(name = "show", header = "Show one snapshot set.", optionListHeading = "%nOptions:%n")
    int show(@Parameters(paramLabel = "SET", description = "Name or id of the set.") String set, @Mixin Output output)
            throws ControlException {
        SetView view = ask(client -> client.set(set));
        output.print(session().out(), () -> Results.set(view), out -> details(view, out));
        return ExitCode.DONE.number();
    }

    @Command(
            name = "delete",
            header = "Delete snapshot sets with all their shadow copies.",
            description =
                    "What a deleted copy had cannot be brought back. Each set is deleted in one step, unless one of"
                            + " its copies is held; if some of several cannot be deleted, the others are, and the exit code is 3.",
            optionListHeading = "%nOptions:%n")
    int delete(
            @Parameters(paramLabel = "SET", arity = "1..*", description = "Names or ids of sets.") List<String> sets,
            @Mixin Caution caution,
            @Mixin Output output)
            throws ControlException {
        if (caution.asks(session(), "set delete") || caution.dryRun()) {
            DeletionPlan plan = ask(client -> DeletionPlan.ofSets(client, sets));
            if (caution.dryRun() || plan.isEmpty()) {
                return plan.report(output, session().out(), session().err());
            }
            plan.print(session().err());
            Caution.confirm(session(), plan.question());
        }
        Deletion deletion = ask(client -> new Deletion().run(client, sets, (c, reference) -> {
            SetView set = c.deleteSet(reference);
            return new Deletion.Outcome(set.toJson(), "set " + set.id() + " " + exports(set));
        }));
        return deletion.report(output, session().out(), session().err());
    }

    private static Map<String, String> attributes(List<String> written) throws ControlException {
        Map<String, String> attributes = new TreeMap<>();
        for (String one : written) {
            int equals = one.indexOf('=');
            if (equals < 1) {
                throw ControlException.invalid("--attr: '" + one + "'; allowed is KEY=VALUE");
            }
            String key = one.substring(0, equals);
            if (attributes.put(key, one.substring(equals + 1)) != null) {
                throw ControlException.invalid("--attr: '" + key + "' is given twice; allowed is once");
            }
        }
        return attributes;
    }

    private static void table(List<SetView> sets, PrintWriter out) {
        Table table = new Table("ID", "NAME", "CREATED", "COPIES");
        for (SetView set : sets) {
            table.row(set.id().toString(), set.name(), Times.human(set.createdAt()), exports(set));
        }
        table.print(out);
    }

    private static String exports(SetView set) {
        return set.members().stream().map(SetView.Member::exportName).collect(Collectors.joining(" "));
    }

    private static void details(SetView set, PrintWriter out) {
        Details details = new Details();
        details.line("set", set.id().toString());
        details.line("name", set.name());
        details.line("created", Times.human(set.createdAt()));
        new TreeMap<>(set.attributes()).forEach((key, value) -> details.line("attribute " + key, value));
        for (SetView.Member member : set.members()) {
            details.line(
                    "copy of " + member.volume(),
                    member.exportName() + "  " + member.id() + "  " + Sizes.human(member.sizeBytes())
                            + (member.held() ? "  held" : ""));
        }
        details.print(out);
    }
}
