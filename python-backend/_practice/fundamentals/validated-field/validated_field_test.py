"""What the field must do. The classes are made in the tests, so that the tests of a starter can be collected."""

import copy
import gc
import math
import weakref
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

import pytest
from validated_field import Number


def order_item():
    """A class with two fields, one bounded on one side and one on both."""

    class OrderItem:
        quantity = Number(minimum=1)
        discount = Number(minimum=0, maximum=50)

        def __init__(self, quantity, discount=0):
            self.quantity = quantity
            self.discount = discount

    return OrderItem


# Values


def test_a_field_returns_what_was_assigned():
    item = order_item()(3, 12.5)
    assert (item.quantity, item.discount) == (3, 12.5)
    assert (type(item.quantity), type(item.discount)) == (int, float)


def test_a_later_assignment_replaces_the_value():
    item = order_item()(3, 10)
    item.quantity = 7
    assert (item.quantity, item.discount) == (7, 10)


def test_each_instance_has_its_own_value():
    make = order_item()
    first, second = make(1), make(2)
    assert (first.quantity, second.quantity) == (1, 2)


def test_instances_that_compare_equal_have_their_own_values():
    class Basket:
        size = Number()

        def __eq__(self, other):
            return isinstance(other, Basket)

        def __hash__(self):
            return 1

    first, second = Basket(), Basket()
    first.size, second.size = 1, 2
    assert (first.size, second.size) == (1, 2)


def test_instances_need_not_be_hashable():
    class Basket:
        size = Number()
        __hash__ = None

    basket = Basket()
    basket.size = 3
    assert basket.size == 3


def test_an_instance_can_be_false():
    class Basket:
        size = Number()

        def __bool__(self):
            return False

    basket = Basket()
    basket.size = 3
    assert basket.size == 3


def test_two_classes_can_use_one_name_with_different_bounds():
    class Cart:
        quantity = Number(minimum=0, maximum=5)

    item, cart = order_item()(9), Cart()
    cart.quantity = 0
    assert (item.quantity, cart.quantity) == (9, 0)


def test_a_copy_has_the_same_values():
    item = order_item()(3, 10)
    twin = copy.copy(item)
    item.quantity = 4
    assert (twin.quantity, twin.discount) == (3, 10)


def test_a_field_that_was_never_set_is_a_missing_attribute():
    make = order_item()
    item = make.__new__(make)
    with pytest.raises(AttributeError, match="quantity"):
        item.quantity  # noqa: B018
    assert not hasattr(item, "discount")


# Bounds


def test_the_bounds_are_included():
    item = order_item()(1, 50)
    item.discount = 0
    assert (item.quantity, item.discount) == (1, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [("quantity", 0), ("quantity", 0.999), ("discount", -1), ("discount", 50.5), ("discount", math.inf)],
)
def test_a_value_out_of_bounds_is_refused_by_name(field, value):
    item = order_item()(1)
    with pytest.raises(ValueError, match=field):
        setattr(item, field, value)


def test_a_bound_of_zero_is_a_bound():
    class Account:
        debt = Number(maximum=0)

    account = Account()
    with pytest.raises(ValueError, match="debt"):
        account.debt = 1


@pytest.mark.parametrize("bounds", [{"minimum": 0}, {"maximum": 50}, {"minimum": 0, "maximum": 50}])
def test_nan_is_not_within_any_bound(bounds):
    class Reading:
        value = Number(**bounds)

    reading = Reading()
    with pytest.raises(ValueError, match="value"):
        reading.value = math.nan


def test_a_field_without_bounds_takes_nan():
    class Reading:
        value = Number()

    reading = Reading()
    reading.value = math.nan
    assert math.isnan(reading.value)


def test_infinity_is_above_any_minimum():
    item = order_item()(math.inf)
    assert item.quantity == math.inf


def test_an_int_can_be_larger_than_any_float():
    item = order_item()(10**400)
    assert item.quantity == 10**400
    with pytest.raises(ValueError, match="discount"):
        item.discount = 10**400


@pytest.mark.parametrize("value", [-1e9, 10**30, math.inf])
def test_a_field_without_bounds_takes_any_number(value):
    class Reading:
        value = Number()

    reading = Reading()
    reading.value = value
    assert reading.value == value


# Types


@pytest.mark.parametrize("value", ["3", None, [3], True, 3j, Decimal(3), Fraction(3)])
def test_only_int_and_float_are_numbers(value):
    item = order_item()(1)
    with pytest.raises(TypeError, match="quantity"):
        item.quantity = value


def test_a_subclass_of_int_is_a_number():
    class Pack(IntEnum):
        DOZEN = 12

    item = order_item()(Pack.DOZEN)
    assert item.quantity is Pack.DOZEN


# Refused values


@pytest.mark.parametrize(
    ("value", "error"), [(-1, ValueError), (99, ValueError), (math.nan, ValueError), ("5", TypeError)]
)
def test_a_refused_value_leaves_the_old_one(value, error):
    item = order_item()(4, 10)
    with pytest.raises(error, match="discount"):
        item.discount = value
    assert item.discount == 10


def test_a_first_value_that_is_refused_leaves_the_field_unset():
    make = order_item()
    item = make.__new__(make)
    with pytest.raises(ValueError, match="quantity"):
        item.quantity = 0
    assert not hasattr(item, "quantity")


def test_the_constructor_is_checked_too():
    with pytest.raises(ValueError, match="discount"):
        order_item()(1, 99)


# The class and the instance's dict


def test_the_class_gives_the_field_itself():
    make = order_item()
    assert make.discount is vars(make)["discount"]
    assert isinstance(make.discount, Number)


@pytest.mark.parametrize("value", [20, 99, "high"])
def test_a_write_to_the_dict_does_not_change_the_field(value):
    item = order_item()(1, 10)
    vars(item)["discount"] = value
    assert item.discount == 10
    item.discount = 30
    assert item.discount == 30


def test_a_write_to_the_dict_does_not_set_the_field():
    make = order_item()
    item = make.__new__(make)
    vars(item)["discount"] = 20
    assert not hasattr(item, "discount")


def test_the_field_does_not_keep_an_instance_alive():
    make = order_item()
    item = make(1)
    gone = weakref.ref(item)
    del item
    gc.collect()
    assert gone() is None
