// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// gnomon-vss-conformance: drives a registered VSS software provider as VSS does, and says which rules it keeps.
// docs/vss-conformance.md is the manual.

#include <cstdio>
#include <random>

#include "bridge.h"
#include "callers.h"
#include "gnomon/identities.h"
#include "loops.h"
#include "surrogate.h"

namespace gnomon::conformance {
namespace {

constexpr char USAGE[] =
    "Usage: gnomon-vss-conformance [options]\n"
    "  --clsid GUID          class of the provider (Gnomon's)\n"
    "  --provider-id GUID    what m_ProviderId must be (Gnomon's with Gnomon's class, not checked otherwise)\n"
    "  --activation inproc|local\n"
    "                        where the object lives (inproc)\n"
    "  --dll PATH            DLL for the assertions about its exports (the registered one)\n"
    "  --operator HOST:PORT  driver that can stop, start and disturb the engine\n"
    "  --volume NAME         volume that the provider supports, without --operator; may be repeated\n"
    "  --foreign NAME        existing volume that it does not support, without --operator\n"
    "  --only N[,N...]       run these assertions; 100 is the one with files, from end to end\n"
    "  --long                full sizes\n"
    "  --seed N              seed of the random calls of assertion 33\n"
    "  --times               say how long each assertion took\n"
    "  --list                name the assertions and stop\n"
    "  --surrogate           serve the class of --clsid to other processes until ended, where there is no COM+\n"
    "  --bridge PIPE         pass bytes between a port on 127.0.0.1 and that pipe until ended\n"
    "  --measure KEY=N,...   print figures instead: commits=1000[,volumes=16][,load=0|1], loops=1000[,seconds=N]\n"
    "Exit code 0: none failed; 1: some failed; 2: wrong usage; 3: the provider cannot be used at all.\n";

struct UsageError {
  std::string message;
};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

bool list = false;
bool serves = false;
std::string deniedSubject;
std::wstring bridgedPipe;

Options parse(const std::vector<std::string>& arguments) {
  Options options;
  options.clsid = idOf(GNOMON_VSS_CLASS_ID);
  options.providerId = idOf(GNOMON_VSS_PROVIDER_ID);
  options.seed = std::random_device{}();
  bool ownId = false;
  for (size_t i = 0; i < arguments.size(); i++) {
    const std::string& name = arguments[i];
    auto value = [&]() -> const std::string& {
      if (++i >= arguments.size()) throw UsageError{name + " needs a value"};
      return arguments[i];
    };
    if (name == "--clsid") {
      options.clsid = idOf(value());
    } else if (name == "--provider-id") {
      options.providerId = idOf(value());
      ownId = true;
    } else if (name == "--activation") {
      const std::string& where = value();
      if (where != "inproc" && where != "local") throw UsageError{"--activation is inproc or local, found '" + where + "'"};
      options.local = where == "local";
    } else if (name == "--dll") {
      options.dll = wide(value());
    } else if (name == "--operator") {
      options.operatorEndpoint = value();
    } else if (name == "--volume") {
      options.volumes.push_back(wide(value()));
    } else if (name == "--foreign") {
      options.foreign = wide(value());
    } else if (name == "--only") {
      for (const std::string& number : split(value())) options.only.insert(std::stoi(number));
    } else if (name == "--long") {
      options.longRun = true;
    } else if (name == "--times") {
      options.times = true;
    } else if (name == "--bridge") {
      bridgedPipe = wide(value());
    } else if (name == "--surrogate") {
      serves = true;
    } else if (name == "--without-rights") {
      // For the process that rule 82 starts; of no use to people.
      deniedSubject = value();
    } else if (name == "-Embedding" && serves) {
      // COM adds it to the command of a local server.
    } else if (name == "--list") {
      list = true;
    } else if (name == "--seed") {
      options.seed = std::stoull(value());
    } else if (name == "--measure") {
      for (const std::string& pair : split(value())) {
        size_t equals = pair.find('=');
        if (equals == std::string::npos) throw UsageError{"--measure needs KEY=N, found '" + pair + "'"};
        options.measure[pair.substr(0, equals)] = pair.substr(equals + 1);
      }
    } else {
      throw UsageError{"unknown argument '" + name + "'"};
    }
  }
  if (!ownId && options.clsid != idOf(GNOMON_VSS_CLASS_ID)) options.providerId = GUID_NULL;
  return options;
}

int run(Options options) {
  if (!bridgedPipe.empty()) return bridge(0, bridgedPipe);
  if (serves) serveClass(options.clsid);
  if (list) {
    for (const auto& [number, assertion] : assertions()) std::printf("%3d  %s\n", number, assertion.text);
    return 0;
  }
  Rig rig(std::move(options));
  rig.requireActivation();
  if (!deniedSubject.empty()) return callWithoutRights(rig, deniedSubject);
  if (!rig.options().measure.empty()) return measure(rig);
  std::printf("class %s, seed %llu\n", textOf(rig.options().clsid).c_str(), static_cast<unsigned long long>(rig.options().seed));
  Tally tally = runAssertions(rig, rig.options().only);
  std::printf("%d ok, %d ok in part, %d FAIL, %d not verifiable here; %ld results of methods looked at\n", tally.ok, tally.inPart,
              tally.failed, tally.open, documentedSoFar());
  return tally.failed > 0 ? 1 : 0;
}

/** Registers with COM that faults are not to be swallowed: a crash in the provider must look like one. */
void letFaultsThrough() {
  Com<IGlobalOptions> global;
  if (SUCCEEDED(CoCreateInstance(CLSID_GlobalOptions, nullptr, CLSCTX_INPROC_SERVER, __uuidof(IGlobalOptions), global.putVoid()))) {
    global->Set(COMGLB_EXCEPTION_HANDLING, COMGLB_EXCEPTION_DONOT_HANDLE);
  }
}

int guarded(const std::vector<std::string>& arguments) {
  try {
    Options options = parse(arguments);
    Winsock winsock;
    ComApartment apartment;
    CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_IMP_LEVEL_IDENTIFY, nullptr, EOAC_NONE, nullptr);
    letFaultsThrough();
    return run(std::move(options));
  } catch (const UsageError& error) {
    std::fprintf(stderr, "gnomon-vss-conformance: %s\n%s", error.message.c_str(), USAGE);
    return 2;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "gnomon-vss-conformance: %s\n%s", error.what(), USAGE);
    return 2;
  } catch (const Failure& failure) {
    std::fprintf(stderr, "gnomon-vss-conformance: %s, expected %s, actual %s\n", failure.what.c_str(), failure.expected.c_str(),
                 failure.actual.c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gnomon-vss-conformance: %s\n", error.what());
  }
  return 3;
}

}  // namespace
}  // namespace gnomon::conformance

int main(int count, char** values) {
  return gnomon::conformance::guarded(std::vector<std::string>(values + 1, values + count));
}
