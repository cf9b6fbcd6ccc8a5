"""For schemathesis, which reads every answer: Ansible's `!unsafe` marks text that is not a template, and is no YAML of its own."""

import schemathesis
import yaml


class AnsibleLoader(yaml.SafeLoader):
    pass


AnsibleLoader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


# The first of the names that schemathesis has for YAML, under which it finds all of them.
@schemathesis.deserializer("text/yaml")
def inventory(_, response):
    return yaml.load(response.content, AnsibleLoader)
