/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.app.Main;
import dev.gnomon.cli.Session;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.Json;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.installer.port.ServiceManager;
import dev.gnomon.installer.step.Layout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs commands of setup as {@link SetupMain} does, with something that goes wrong on purpose: one after another in one JVM, whose
 * start is most of what a failing command costs. A request is a line of JSON on the standard input:
 *
 * <ul>
 *   <li>{@code arguments}: the command and its options;
 *   <li>{@code failStep}: the step of this name does its work, and then fails; empty for none;
 *   <li>{@code haltAfter}: the process ends hard after the N-th record of the journal; 0 for never.
 * </ul>
 *
 * <p>Or it has {@code service} alone: then that service is described as the service manager has it; or {@code ready}: then nothing
 * is done.
 *
 * <p>The answer is a line of JSON on the standard output: {@code code}, {@code out}, {@code err}. At the end of the input it exits.
 */
public final class FailingSetup {
    /** How a process ends that is killed. */
    static final int KILLED = 137;

    private FailingSetup() {}

    /** Answers requests until there are no more. */
    public static void main(String[] arguments) throws IOException, ControlException {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        // Whatever else is printed must not look like an answer.
        System.setOut(System.err);
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            JsonNode request = Json.parseObject(line.getBytes(StandardCharsets.UTF_8));
            answers.println(new String(Json.toBytes(answer(request)), StandardCharsets.UTF_8));
        }
        // A thread that nobody waits for must not keep it.
        Runtime.getRuntime().halt(0);
    }

    private static ObjectNode answer(JsonNode request) {
        if (request.has("ready")) {
            return answered(0, "", "");
        }
        return request.has("service") ? described(request.path("service").asString()) : commanded(request);
    }

    private static ObjectNode described(String name) {
        try {
            Layout layout = new Layout(Places.running(), Path.of("C:\\"), Path.of("C:\\"));
            ServiceManager.Service service = Machines.ports(Main.session(), layout)
                    .services()
                    .find(name)
                    .orElseThrow(() -> SetupException.failed("there is no service " + name));
            ObjectNode out = Json.object()
                    .put("account", service.account())
                    .put("automatic", service.automatic())
                    .put("delayed", service.delayed())
                    .put("state", service.state().name());
            service.dependencies().forEach(out.putArray("dependencies")::add);
            return answered(0, Json.toPrettyText(out), "");
        } catch (SetupException e) {
            return answered(1, "", e.text());
        }
    }

    private static ObjectNode answered(int code, String out, String err) {
        return Json.object().put("code", code).put("out", out).put("err", err);
    }

    private static ObjectNode commanded(JsonNode request) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Session real = Main.session();
        Session session = new Session(
                real.local(),
                real.environment(),
                real.user(),
                real.home(),
                new PrintWriter(out, true),
                new PrintWriter(err, true));
        int haltAfter = request.path("haltAfter").asInt(0);
        List<String> arguments = StreamSupport.stream(request.path("arguments").spliterator(), false)
                .map(JsonNode::asString)
                .toList();
        int code = new CommandLine(new SetupCommand(
                        session,
                        (each, layout) -> halting(each, layout, haltAfter),
                        FailingSteps.failing(request.path("failStep").asString(""))))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(session.out())
                .setErr(session.err())
                .execute(arguments.toArray(String[]::new));
        return answered(code, out.toString(), err.toString());
    }

    private static Ports halting(Session session, Layout layout, int haltAfter) throws SetupException {
        Ports ports = Machines.ports(session, layout);
        return haltAfter == 0
                ? ports
                : FailingSteps.with(
                        ports,
                        storage -> HaltingStorage.over(
                                storage, haltAfter, () -> Runtime.getRuntime().halt(KILLED)));
    }
}
