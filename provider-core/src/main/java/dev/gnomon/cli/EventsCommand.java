/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.EventView;
import dev.gnomon.control.Json;
import dev.gnomon.control.Results;
import dev.gnomon.observe.EventId;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code gnomon events}. */
@Command(
        name = "events",
        header = "Show what happened to the service, oldest first.",
        description = "The service keeps the newest 4096 events; events.log in the state directory has more.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  gnomon events --since 2h",
            "  gnomon events --since 1m --follow --output json",
            "  gnomon events --explain GNM-2001"
        })
final class EventsCommand implements Callable<Integer> {
    /** How often a service is asked for more: soon enough for people, rare enough for the service. */
    private static final long FOLLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final GnomonCommand root;
    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = Since.class,
            description = "Only events from then on: a time in UTC such as 2026-03-01T12:00:00Z, or how long ago: a"
                    + " number and s, m, h or d.")
    private @Nullable Instant since;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on showing events as they happen, until the service ends. As JSON, one line each.")
    private boolean follow;

    @Option(
            names = "--explain",
            paramLabel = "ID",
            description = "Say what an event means and what to do about it. Needs no service.")
    private @Nullable String explain;

    @Mixin
    private Output output = new Output();

    EventsCommand(GnomonCommand root, Session session) {
        this.root = root;
        this.session = session;
    }

    @Override
    public Integer call() throws ControlException {
        String id = explain;
        if (id != null) {
            explain(EventId.of(id).orElseThrow(() -> unknown(id)));
        } else if (follow) {
            follow();
        } else {
            List<EventView> events = session.ask(root.state(), client -> client.events(0, since()));
            output.print(session.out(), () -> Results.events(events), out -> table(events, out));
        }
        return ExitCode.DONE.number();
    }

    private Instant since() {
        return since == null ? Instant.EPOCH : since;
    }

    private ParameterException unknown(String id) {
        return new ParameterException(
                spec.commandLine(),
                "--explain: '" + id + "'; allowed is the id of an event, such as " + EventId.VOLUME_FAILED.id());
    }

    private void explain(EventId id) {
        output.print(
                session.out(),
                () -> Json.object()
                        .put("id", id.id())
                        .put("severity", id.severity().name())
                        .put("meaning", id.meaning())
                        .put("action", id.action()),
                out -> {
                    Details details = new Details();
                    details.line("id", id.id());
                    details.line("severity", id.severity().name());
                    details.line("meaning", id.meaning());
                    details.line("what to do", id.action());
                    details.print(out);
                });
    }

    /** Asks again and again, each time on a connection of its own: the service admits only a few at once. */
    private void follow() throws ControlException {
        long last = 0;
        while (true) {
            long after = last;
            List<EventView> events = session.ask(root.state(), client -> client.events(after, since()));
            for (EventView event : events) {
                if (output.json()) {
                    session.out().println(new String(Json.toBytes(event.toJson()), StandardCharsets.UTF_8));
                } else {
                    session.out().println(line(event));
                }
                last = event.sequence();
            }
            session.out().flush();
            LockSupport.parkNanos(this, FOLLOW_NANOS);
        }
    }

    private static void table(List<EventView> events, PrintWriter out) {
        events.forEach(event -> out.println(line(event)));
    }

    private static String line(EventView event) {
        StringBuilder line = new StringBuilder(Times.human(event.time()));
        line.append("  ")
                .append(event.severity())
                .repeat(" ", Math.max(1, 7 - event.severity().length()));
        line.append(event.id()).append("  ");
        append(line, "volume", event.volume());
        append(line, "copy", event.copy());
        append(line, "set", event.set());
        line.append(event.message());
        if (event.suppressed() > 0) {
            line.append(" (and ").append(event.suppressed()).append(" times before)");
        }
        return line.toString();
    }

    private static void append(StringBuilder line, String name, String value) {
        if (!value.isEmpty()) {
            line.append(name).append('=').append(value).append(' ');
        }
    }
}
