/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.FieldRules;
import dev.gnomon.control.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code service run --vss FILE} says (docs/vss-testing.md, "Configuration"). Read strictly: a field that is unknown, missing or of
 * another type is refused with its name.
 *
 * @param pipeName of the channel, what follows {@code \\.\pipe\}; empty for TCP
 * @param machineName what VSS is told about where copies were made
 * @param locator how it is found out which volume of Windows is which of Gnomon's
 * @param volumes what Windows calls volumes, and which of them are Gnomon's; empty unless the locator is a table
 * @param deviceNames pattern of the names of copies as devices; none if copies cannot be made visible
 * @param allowFaults whether VSS calls may be made to go wrong
 * @param allowSystemVolume whether origins and the state directory may lie on the volume that Windows runs from
 */
record VssConfig(
        String pipeName,
        String machineName,
        Locator locator,
        List<Volume> volumes,
        Optional<String> deviceNames,
        boolean allowFaults,
        boolean allowSystemVolume) {
    /** The file beside the state directory of a service that setup installed. */
    static final String INSTALLED_NAME = "vss.json";

    private static final int SCHEMA_VERSION = 1;
    private static final int MAX_FILE_BYTES = 1 << 20;
    private static final int MAX_VOLUMES = 1_024;
    private static final int MAX_NAMES = 64;
    private static final int MAX_TEXT = 32_767;
    private static final String USUAL_PIPE = "Gnomon.Vss";

    /** Copies the list. */
    VssConfig {
        volumes = List.copyOf(volumes);
    }

    /** How volumes are found. */
    enum Locator {
        /** In the table of the file. */
        TABLE,
        /** By what disks say that they are. */
        DISKS
    }

    /**
     * A volume of Windows.
     *
     * @param guidPath volume GUID path, with a backslash at the end
     * @param names drive roots and mounted folders, with a backslash at the end
     * @param volume its name in Gnomon; empty if it exists and is not Gnomon's
     */
    record Volume(String guidPath, List<String> names, String volume) {
        /** Copies the list. */
        Volume {
            names = List.copyOf(names);
        }
    }

    boolean overPipe() {
        return !pipeName.isEmpty();
    }

    /**
     * Reads a configuration.
     *
     * @throws ControlException of kind INVALID; the message names file, field, value and what is allowed
     */
    static VssConfig read(Path file) throws ControlException {
        try {
            long size = Files.size(file);
            if (size > MAX_FILE_BYTES) {
                throw ControlException.invalid(size + " bytes; allowed are at most " + MAX_FILE_BYTES);
            }
            return of(Json.parseObject(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            throw new ControlException(ErrorKind.INVALID, "--vss: no such file: " + file, e);
        } catch (IOException e) {
            throw new ControlException(ErrorKind.INVALID, "--vss: " + file + ": " + e.getMessage(), e);
        } catch (ControlException e) {
            throw new ControlException(ErrorKind.INVALID, "--vss: " + file + ": " + e.getMessage(), e);
        }
    }

    private static VssConfig of(ObjectNode json) throws ControlException {
        Reader in = new Reader("", json);
        JsonNode version = in.required("schemaVersion");
        if (!version.isInt() || version.intValue() != SCHEMA_VERSION) {
            throw in.error("schemaVersion", "found " + version + "; allowed is " + SCHEMA_VERSION);
        }
        String channel = in.text("channel");
        String pipe = in.has("pipeName") ? in.text("pipeName") : USUAL_PIPE;
        String pipeName = switch (channel) {
            case "pipe" -> pipe;
            case "tcp" -> "";
            default -> throw in.error("channel", FieldRules.shown(channel) + "; allowed are pipe and tcp");
        };
        if (!pipe.matches("[A-Za-z0-9._-]{1,64}") || (pipeName.isEmpty() && in.has("pipeName"))) {
            throw in.error(
                    "pipeName",
                    FieldRules.shown(pipe) + "; allowed are 1 to 64 of A-Z a-z 0-9 . _ -, with channel pipe");
        }
        String machine = in.text("machineName");
        Locator locator = locator(in);
        List<Volume> volumes = new ArrayList<>();
        if (locator == Locator.TABLE || in.has("volumes")) {
            for (ObjectNode each : in.objects("volumes", locator == Locator.TABLE ? MAX_VOLUMES : 0)) {
                volumes.add(volume(new Reader("volumes[" + volumes.size() + "].", each)));
            }
        }
        VssConfig config = new VssConfig(
                pipeName,
                machine,
                locator,
                volumes,
                surface(in.object("surface")),
                in.has("allowFaults") && in.flag("allowFaults"),
                in.has("allowSystemVolume") && in.flag("allowSystemVolume"));
        in.nothingElse();
        return config;
    }

    private static Locator locator(Reader in) throws ControlException {
        String kind = in.has("locator") ? in.text("locator") : "table";
        return switch (kind) {
            case "table" -> Locator.TABLE;
            case "disks" -> Locator.DISKS;
            default -> throw in.error("locator", FieldRules.shown(kind) + "; allowed are table and disks");
        };
    }

    private static Volume volume(Reader in) throws ControlException {
        String guidPath = in.text("guidPath");
        List<String> names = in.has("names") ? in.texts("names", MAX_NAMES) : List.of();
        @Nullable String volume = in.textOrNull("volume");
        if (volume != null) {
            FieldRules.name("volume", volume);
        }
        in.nothingElse();
        return new Volume(guidPath, names, volume == null ? "" : volume);
    }

    private static Optional<String> surface(Reader in) throws ControlException {
        String kind = in.text("kind");
        Optional<String> names = switch (kind) {
            case "none" -> Optional.empty();
            case "table" -> Optional.of(in.text("deviceNames"));
            default -> throw in.error("kind", FieldRules.shown(kind) + "; allowed are none and table");
        };
        in.nothingElse();
        return names;
    }

    /** Reads the fields of one object and remembers which. */
    private static final class Reader {
        private final String where;
        private final ObjectNode node;
        private final Set<String> taken = new HashSet<>();

        Reader(String where, ObjectNode node) {
            this.where = where;
            this.node = node;
        }

        boolean has(String name) {
            return node.has(name);
        }

        JsonNode required(String name) throws ControlException {
            taken.add(name);
            @Nullable JsonNode value = node.get(name);
            if (value == null) {
                throw error(name, "missing");
            }
            return value;
        }

        String text(String name) throws ControlException {
            return text(name, required(name));
        }

        private String text(String name, JsonNode value) throws ControlException {
            if (!value.isString()
                    || value.stringValue().isEmpty()
                    || value.stringValue().length() > MAX_TEXT) {
                throw error(name, value.getNodeType() + "; allowed is a text of 1 to " + MAX_TEXT + " characters");
            }
            return value.stringValue();
        }

        @Nullable
        String textOrNull(String name) throws ControlException {
            return required(name).isNull() ? null : text(name);
        }

        boolean flag(String name) throws ControlException {
            JsonNode value = required(name);
            if (!value.isBoolean()) {
                throw error(name, value.getNodeType() + "; allowed are true and false");
            }
            return value.booleanValue();
        }

        Reader object(String name) throws ControlException {
            if (required(name) instanceof ObjectNode object) {
                return new Reader(where + name + ".", object);
            }
            throw error(name, "allowed is an object");
        }

        List<String> texts(String name, int most) throws ControlException {
            List<String> texts = new ArrayList<>();
            for (JsonNode each : array(name, most)) {
                texts.add(text(name, each));
            }
            return texts;
        }

        List<ObjectNode> objects(String name, int most) throws ControlException {
            List<ObjectNode> objects = new ArrayList<>();
            for (JsonNode each : array(name, most)) {
                if (!(each instanceof ObjectNode object)) {
                    throw error(name, "allowed is a list of objects");
                }
                objects.add(object);
            }
            return objects;
        }

        private JsonNode array(String name, int most) throws ControlException {
            JsonNode value = required(name);
            if (!value.isArray() || value.size() > most) {
                throw error(name, "allowed is a list of at most " + most);
            }
            return value;
        }

        void nothingElse() throws ControlException {
            for (String name : node.propertyNames()) {
                if (!taken.contains(name)) {
                    throw error(FieldRules.shown(name), "unknown field");
                }
            }
        }

        ControlException error(String name, String reason) {
            return ControlException.invalid(where + name + ": " + reason);
        }
    }
}
